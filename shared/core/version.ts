/** As package.json says; written into provenance. A test holds the two together. */
export const version = '0.1.0';

export const software = `Retake ${version}`;
