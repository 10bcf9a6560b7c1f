/** The page's own looks around the panel: three columns from 1000 px, two from 680 px, one below. */
export const pageCss = `
@font-face { font-family: 'Inter'; font-weight: 400; font-display: swap; src: url('/inter-400.woff2') format('woff2'); }
@font-face { font-family: 'Inter'; font-weight: 500; font-display: swap; src: url('/inter-500.woff2') format('woff2'); }
@font-face { font-family: 'Inter'; font-weight: 600; font-display: swap; src: url('/inter-600.woff2') format('woff2'); }

:root { --rt-font: Inter, system-ui, -apple-system, 'Segoe UI', sans-serif; --pg-ground: #e9e9e9; }
@media (prefers-color-scheme: dark) { :root:not([data-theme='light']) { --pg-ground: #1b1b1b; } }
:root[data-theme='dark'] { --pg-ground: #1b1b1b; }
* { box-sizing: border-box; }
html, body { margin: 0; height: 100%; background: var(--rt-bg); overscroll-behavior: none; }
#app { height: 100%; }
.pg { display: flex; flex-direction: column; height: 100%; color: var(--rt-text); font: 11px/16px var(--rt-font); letter-spacing: 0.005em; -webkit-font-smoothing: antialiased; user-select: none; }
.pg :focus-visible { outline: 2px solid var(--rt-accent); outline-offset: 1px; }
.pg h1, .pg h2, .pg h3, .pg p { margin: 0; font-size: inherit; line-height: inherit; }
.pg button { font-family: inherit; }
.pg-quiet { color: var(--rt-text-2); font-weight: 400; font-variant-numeric: tabular-nums; }
.pg strong { font-weight: 600; }
.pg .rt-button { font-size: 11px; line-height: 16px; color: inherit; letter-spacing: inherit; }

.pg-bar { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); align-items: center; flex: none; height: 48px; padding: 0 12px 0 16px; border-bottom: 1px solid var(--rt-border); background: var(--rt-bg); column-gap: 16px; position: relative; z-index: 3; }
.pg-bar-part { display: flex; align-items: center; gap: 2px; min-width: 0; }
.pg-bar-end { justify-content: flex-end; }
.pg-bar-end .pg-save { margin-left: 10px; }
.pg-bar .rt-icon-button { width: 28px; height: 28px; border-radius: 6px; }
.pg-mark { font-size: 13px; font-weight: 600; letter-spacing: -0.01em; margin-right: 14px; }
.pg-title { display: flex; align-items: center; min-width: 0; margin-left: 12px; gap: 8px; white-space: nowrap; }
.pg-title strong { overflow: hidden; text-overflow: ellipsis; font-weight: 500; }
.pg-changed { width: 6px; height: 6px; border-radius: 50%; background: var(--rt-accent); flex: none; }
.pg-gap { width: 1px; height: 16px; margin: 0 8px; background: var(--rt-border); flex: none; }
.pg-zoom { width: 52px; height: 28px; padding: 0; border: 0; border-radius: 6px; background: none; color: inherit; font: inherit; font-variant-numeric: tabular-nums; cursor: default; }
.pg-zoom:hover:not(:disabled) { background: var(--rt-bg-2); }
.pg-zoom:disabled { color: var(--rt-text-2); opacity: 0.5; }
.pg-save { position: relative; display: flex; }
.pg-save-main { border-radius: 6px 0 0 6px; min-width: 76px; }
.pg-save-more { border-radius: 0 6px 6px 0; padding: 0 4px; margin-left: 1px; }
.pg-menu { position: absolute; top: 34px; right: 0; width: 208px; padding: 6px; border-radius: 9px; background: var(--rt-bg); box-shadow: var(--rt-shadow), 0 0 0 1px var(--rt-border); z-index: 5; }
.pg-menu button { display: flex; justify-content: space-between; width: 100%; height: 28px; align-items: center; padding: 0 8px; border: 0; border-radius: 5px; background: none; color: inherit; font: inherit; cursor: default; }
.pg-menu button:hover, .pg-menu button:focus { background: var(--rt-bg-2); outline: none; }
.pg-menu button:focus-visible { box-shadow: inset 0 0 0 1.5px var(--rt-accent); }

.pg-main { display: grid; grid-template-columns: 240px minmax(0, 1fr) 320px; flex: 1; min-height: 0; }
.pg-left { display: flex; flex-direction: column; min-height: 0; min-width: 0; border-right: 1px solid var(--rt-border); background: var(--rt-bg); }
.pg-right { min-height: 0; min-width: 0; border-left: 1px solid var(--rt-border); background: var(--rt-bg); user-select: text; }
.pg-right button, .pg-right label, .pg-right select { user-select: none; }
.pg-middle { position: relative; display: flex; min-width: 0; min-height: 0; background: var(--pg-ground); overflow: hidden; }

.pg-layers { display: flex; flex-direction: column; flex: 1; min-height: 0; }
.pg-pane-head { display: flex; align-items: center; justify-content: space-between; flex: none; height: 40px; padding: 0 16px; }
.pg-pane-head h2 { font-weight: 600; font-size: 12px; }
.pg-tree { flex: 1; min-height: 0; overflow-y: auto; padding: 0 8px 8px; scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }
.pg-tree:focus-visible { outline: none; }
.pg-tree:focus-visible .pg-layer[aria-selected='true'] { box-shadow: inset 0 0 0 1.5px var(--rt-accent); }
.pg-layer { display: flex; align-items: center; height: 36px; padding: 0 6px 0 8px; border-radius: 6px; cursor: default; }
.pg-layer:hover { background: var(--rt-bg-2); }
.pg-layer[aria-selected='true'] { background: var(--rt-accent-soft); }
.pg-layer:focus { outline: none; }
.pg-layer-all { padding-left: 20px; }
.pg-fold { flex: none; width: 12px; margin-right: 2px; }
.pg-layer-all .pg-layer-icon { margin-left: 2px; }
.pg-fold button { display: flex; align-items: center; justify-content: center; width: 16px; height: 24px; margin-left: -2px; padding: 0; border: 0; background: none; color: var(--rt-text-2); }
.pg-layer-icon { display: flex; align-items: center; justify-content: center; flex: none; width: 24px; height: 24px; margin-right: 8px; color: var(--rt-text-2); }
.pg-layer-picture { border-radius: 3px; overflow: hidden; box-shadow: 0 0 0 1px var(--rt-border); background: repeating-conic-gradient(#e4e4e4 0 25%, #fff 0 50%) 0 0 / 6px 6px; }
.pg-layer-picture img { display: block; max-width: 100%; max-height: 100%; }
.pg-layer-name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pg-dimmed .pg-layer-name, .pg-dimmed .pg-layer-icon { opacity: 0.5; }
.pg-badge { display: flex; flex: none; margin-left: 6px; color: var(--rt-accent-text); }
.pg-locked { display: flex; flex: none; margin-left: 6px; color: var(--rt-text-2); }
.pg-explain { flex: none; width: 0; overflow: hidden; }
.pg-layer:hover .pg-explain, .pg-explain:focus-within, .pg-layer[aria-selected='true'] .pg-explain { width: auto; overflow: visible; }
@media (hover: none) { .pg-explain { width: auto; } }
.pg-explain .rt-icon-button { color: var(--rt-text-2); }
.pg-explain .rt-icon-button:hover { background: var(--rt-bg-3); color: var(--rt-text); }
.pg-eye { flex: none; margin-left: 4px; opacity: 0; }
.pg-layer:hover .pg-eye, .pg-eye-off, .pg-eye:focus-within, .pg-layer[aria-selected='true'] .pg-eye { opacity: 1; }
@media (hover: none) { .pg-eye { opacity: 1; } }
.pg-eye .rt-icon-button { color: var(--rt-text-2); }
.pg-eye .rt-icon-button:hover:not(:disabled) { background: var(--rt-bg-3); color: var(--rt-text); }
.pg-file-notes { list-style: none; margin: 0; padding: 8px 16px 12px; border-top: 1px solid var(--rt-border); color: var(--rt-text-2); max-height: 30%; overflow-y: auto; user-select: text; }
.pg-file-notes li { display: flex; padding: 2px 0; overflow-wrap: anywhere; }
.pg-file-notes .rt-icon { margin: 2px 6px 0 0; }

.pg-stage { position: relative; flex: 1; min-width: 0; overflow: hidden; touch-action: none; }
.pg-stage[data-cursor='grab'] { cursor: grab; }
.pg-stage[data-cursor='grabbing'] { cursor: grabbing; }
.pg-stage[data-cursor='crosshair'] { cursor: crosshair; }
.pg-canvas { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
.pg-busy { position: absolute; pointer-events: none; background: linear-gradient(100deg, transparent 30%, rgba(255, 255, 255, 0.28) 50%, transparent 70%) 0 0 / 250% 100% no-repeat; animation: pg-sheen 2.2s ease-in-out infinite; }
@keyframes pg-sheen { from { background-position: 130% 0; } to { background-position: -50% 0; } }
.pg-region { position: absolute; box-shadow: 0 0 0 1.5px var(--rt-accent), 0 0 0 2.5px rgba(255, 255, 255, 0.85); }
.pg-stage[data-cursor='crosshair'] .pg-region { cursor: move; }
.pg-handle { position: absolute; width: 8px; height: 8px; margin: -4px 0 0 -4px; border-radius: 2px; background: #fff; box-shadow: 0 0 0 1.25px var(--rt-accent); }
.pg-handle::after { content: ''; position: absolute; inset: -6px; }
.pg-handle[data-grip='n'], .pg-handle[data-grip='s'] { cursor: ns-resize; }
.pg-handle[data-grip='e'], .pg-handle[data-grip='w'] { cursor: ew-resize; }
.pg-handle[data-grip='nw'], .pg-handle[data-grip='se'] { cursor: nwse-resize; }
.pg-handle[data-grip='ne'], .pg-handle[data-grip='sw'] { cursor: nesw-resize; }
.pg-region-size { position: absolute; top: calc(100% + 10px); left: 50%; margin-left: -48px; width: 96px; text-align: center; pointer-events: none; }
.pg-region-size::before { content: ''; position: absolute; inset: 0 10px; border-radius: 4px; background: var(--rt-accent); z-index: -1; }
.pg-region-size { color: #fff; font-size: 11px; line-height: 18px; font-variant-numeric: tabular-nums; z-index: 1; }
.pg-side { position: absolute; margin-top: 12px; padding: 0 7px; border-radius: 4px; line-height: 20px; background: rgba(20, 20, 20, 0.72); color: #fff; font-weight: 500; pointer-events: none; white-space: nowrap; }

.pg-empty { display: flex; align-items: center; justify-content: center; padding: 24px; }
.pg-invite { display: flex; flex-direction: column; align-items: center; text-align: center; max-width: 344px; }
.pg-invite-icon { display: flex; color: var(--rt-text-2); margin-bottom: 12px; }
.pg-invite-icon path { stroke-width: 0.75; }
.pg-invite h1 { font-size: 15px; font-weight: 600; line-height: 24px; letter-spacing: -0.01em; }
.pg-invite p { text-wrap: balance; font-size: 12px; line-height: 18px; color: var(--rt-text-2); }
.pg-invite-acts { display: flex; gap: 8px; margin: 16px 0 24px; }
.pg-invite .rt-button:not(.rt-primary) { background: var(--rt-bg); border-color: transparent; box-shadow: 0 0 0 1px var(--rt-border-strong); }
.pg .pg-invite .pg-credit { font-size: 11px; line-height: 16px; }
.pg-opening { font-size: 12px; color: var(--rt-text-2); }
.pg-drop { position: absolute; inset: 8px; display: flex; align-items: center; justify-content: center; border-radius: 8px; border: 2px solid var(--rt-accent); background: color-mix(in srgb, var(--rt-accent-soft) 88%, transparent); color: var(--rt-accent-text); font-size: 13px; font-weight: 600; pointer-events: none; z-index: 4; }
.pg-toast { position: absolute; left: 50%; bottom: 20px; transform: translateX(-50%); display: flex; align-items: center; gap: 10px; width: max-content; max-width: min(520px, calc(100% - 32px)); min-height: 40px; padding: 7px 8px 7px 12px; border-radius: 9px; background: var(--rt-bg); box-shadow: var(--rt-shadow), 0 0 0 1px var(--rt-border); z-index: 4; }
.pg-toast > .rt-icon { color: var(--rt-success); }
.pg-toast-danger > .rt-icon { color: var(--rt-danger); }
.pg-toast-words { flex: 1; min-width: 0; overflow-wrap: anywhere; user-select: text; }

.pg-dialog { width: 720px; max-width: calc(100vw - 32px); padding: 16px 20px 20px; border: 0; border-radius: 12px; background: var(--rt-bg); color: var(--rt-text); box-shadow: var(--rt-shadow); font: 11px/16px var(--rt-font); }
.pg-dialog::backdrop { background: rgba(0, 0, 0, 0.35); }
.pg-dialog h2 { font-size: 13px; font-weight: 600; line-height: 24px; }
.pg-dialog p { margin: 4px 0 0; font-size: 12px; line-height: 18px; color: var(--rt-text-2); }
.pg-dialog-head { display: flex; align-items: center; justify-content: space-between; margin-bottom: 8px; }
.pg-dialog-acts { display: flex; justify-content: flex-end; gap: 8px; margin-top: 16px; }
.pg-dialog:has(.pg-dialog-acts) { width: 380px; }
.pg-dialog-checks { margin-top: 12px; }
.pg-dialog-checks .rt-check { padding: 3px 0; font-size: 12px; }

.pg-evidence[open] { display: flex; flex-direction: column; width: min(1120px, calc(100vw - 48px)); height: min(860px, calc(100vh - 48px)); max-height: none; padding: 12px 16px 16px; }
.pg-evidence > .rt-compare { padding: 0; }
.pg-evidence .rt-compare-head .rt-segments { flex: none; width: 400px; max-width: 100%; }
.pg-evidence .rt-compare-room { background: var(--pg-ground); }
.pg-evidence .rt-evidence .rt-compare-room { min-height: 120px; }
.pg-evidence .rt-compare-foot { max-width: 560px; }
.pg-keys { display: grid; grid-template-columns: 1fr 1fr; column-gap: 48px; row-gap: 8px; }
.pg-keys h3 { font-weight: 600; margin: 8px 0 4px; }
.pg-keys dl { margin: 0; }
.pg-keys dl div { display: flex; justify-content: space-between; align-items: center; height: 24px; color: var(--rt-text-2); }
.pg-keys dd { margin: 0; color: var(--rt-text); white-space: pre; font-variant-numeric: tabular-nums; }

@media (max-width: 999px) {
  .pg-main { grid-template-columns: minmax(0, 1fr) 320px; grid-template-rows: minmax(0, 1fr) 200px; }
  .pg-left { grid-column: 1; grid-row: 2; border-right: 0; border-top: 1px solid var(--rt-border); }
  .pg-middle { grid-column: 1; grid-row: 1; }
  .pg-right { grid-column: 2; grid-row: 1 / 3; }
  .pg-pane-head { height: 32px; }
  .pg-title .pg-quiet { display: none; }
}
@media (max-width: 679px) {
  .pg { height: auto; min-height: 100%; }
  .pg-bar { position: sticky; top: 0; grid-template-columns: minmax(0, 1fr) auto; grid-template-rows: 44px 40px; height: auto; padding: 0 12px; column-gap: 8px; }
  .pg-bar [role='toolbar'] { grid-row: 2; grid-column: 1 / 3; justify-content: center; border-top: 1px solid var(--rt-border); margin: 0 -12px; height: 40px; }
  .pg-mark { display: none; }
  .pg-title .pg-quiet { display: none; }
  .pg-main { display: flex; flex-direction: column; flex: none; }
  .pg-middle { order: -1; flex: none; height: 46vh; min-height: 260px; }
  .pg-left { border-top: 0; border-bottom: 1px solid var(--rt-border); }
  .pg-layers { flex: none; max-height: 168px; }
  .pg-file-notes { max-height: none; }
  .pg-right { border-left: 0; }
  .pg-right .rt-panel { height: auto; }
  .pg-right .rt-scroll { overflow: visible; }
  .pg-right .rt-foot { position: sticky; bottom: 0; background: var(--rt-bg); z-index: 2; }
  .pg-keys { grid-template-columns: 1fr; }
  .pg-evidence[open] { width: calc(100vw - 16px); height: calc(100vh - 16px); max-width: none; padding: 8px 12px 12px; overflow-y: auto; }
  .rt-evidence-views .rt-segments, .rt-evidence-foot .rt-segments { max-width: none; }
  .pg-evidence .rt-evidence { flex: none; height: 100%; }
}
@media (prefers-reduced-motion: reduce) {
  .pg-busy { animation: none; background: rgba(255, 255, 255, 0.12); }
}
`;
