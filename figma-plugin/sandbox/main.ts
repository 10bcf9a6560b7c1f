figma.showUI(__html__, { themeColors: true });
