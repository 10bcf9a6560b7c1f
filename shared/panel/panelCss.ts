/**
 * The panel's looks as far as every host can draw them, as text, so that a host can put them where it must (a style element, an
 * adopted sheet, one HTML file). Colours come from the theme's properties alone. UI3 measures: 11 px text on 16 px lines, 24
 * and 28 px controls, an 8 px grid. Photoshop's runtime draws this and its own skin, so nothing stands here that it lacks
 * (test/photoshop/panel/uxpStyles.ts); what only browsers draw is in browserCss.ts, which the others append.
 */
export const panelCss = `
.rt-panel { display: flex; flex-direction: column; height: 100%; min-width: 0; background: var(--rt-bg); color: var(--rt-text);
  font-family: var(--rt-font, Inter, system-ui, sans-serif); font-size: 11px; line-height: 16px; letter-spacing: 0.005em; }
.rt-panel * { box-sizing: border-box; }
.rt-panel button, .rt-panel input, .rt-panel select, .rt-panel textarea { font-family: inherit; font-size: inherit; font-weight: inherit; line-height: inherit; }
.rt-panel button, .rt-panel input, .rt-panel select, .rt-panel textarea { letter-spacing: inherit; color: inherit; margin: 0; }
.rt-panel p { margin: 0; }
.rt-panel strong { font-weight: 600; }
.rt-panel ul { list-style: none; margin: 0; padding: 0; }
.rt-quiet { color: var(--rt-text-2); }
.rt-small { margin-top: 8px !important; }
.rt-clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.rt-grow { flex: 1; min-width: 0; }
.rt-figure { font-variant-numeric: tabular-nums; }
.rt-icon { display: block; flex: none; }

.rt-head { display: flex; align-items: center; flex: none; height: 40px; padding: 0 8px 0 16px; border-bottom: 1px solid var(--rt-border); }
.rt-settings .rt-head { padding-left: 8px; }
.rt-settings { display: flex; flex-direction: column; flex: 1; min-height: 0; }
.rt-scroll { flex: 1; min-height: 0; overflow-y: auto; overflow-x: hidden; padding-bottom: 8px; }
.rt-block { margin: 0; padding: 12px 16px 12px; border: 0; border-bottom: 1px solid var(--rt-border); min-width: 0; position: relative; }
.rt-scroll > :last-child { border-bottom-color: transparent; }
.rt-label { font-weight: 600; display: block; }
.rt-label-line { display: flex; align-items: center; justify-content: space-between; min-height: 24px; margin-bottom: 4px; }
.rt-count { font-weight: 400; margin-left: 6px; }

.rt-icon-button { display: flex; align-items: center; justify-content: center; flex: none; width: 24px; height: 24px; padding: 0; border: 0; border-radius: 5px;
  background: transparent; color: var(--rt-text); cursor: default; }
.rt-icon-button[aria-pressed='true'] { background: var(--rt-accent-soft); color: var(--rt-accent-text); }
.rt-icon-button:disabled { opacity: 0.35; }
.rt-button { display: inline-flex; align-items: center; justify-content: center; flex: none; height: 28px; padding: 0 11px; border: 1px solid var(--rt-border-strong); border-radius: 6px;
  background: transparent; font-weight: 500 !important; white-space: nowrap; cursor: default; }
.rt-button:disabled { color: var(--rt-text-2) !important; opacity: 0.6; }
.rt-primary { background: var(--rt-accent); border-color: transparent; color: var(--rt-on-accent) !important; }
.rt-primary:disabled { background: var(--rt-bg-3); opacity: 1; }
.rt-panel .rt-second { margin-left: 6px; }
.rt-keys { margin-left: 8px; font-weight: 400; opacity: 0.75; }
.rt-link { display: inline; padding: 0; border: 0; background: none; color: var(--rt-accent-text) !important; text-decoration: none; cursor: default; border-radius: 3px; }
.rt-link:hover { text-decoration: underline; }
.rt-quiet-link { color: var(--rt-text-2) !important; }
.rt-quiet-link:hover { color: var(--rt-text) !important; text-decoration: none; }
.rt-plain { padding: 0; border: 0; background: none; text-align: left; cursor: default; }

.rt-text { display: block; width: 100%; height: 28px; padding: 0 8px; border: 1px solid transparent; border-radius: 5px; background: var(--rt-bg-2); }
.rt-text:hover { border-color: var(--rt-border-strong); }
.rt-instruction { height: auto; min-height: 72px; padding: 7px 8px; font-size: 12px !important; line-height: 18px !important; max-height: 240px; }
.rt-select { position: relative; display: flex; align-items: center; min-width: 0; }
.rt-select select { width: 100%; height: 24px; padding: 0 22px 0 8px; border: 1px solid transparent; border-radius: 5px; background: var(--rt-bg-2); text-overflow: ellipsis; cursor: default; }
.rt-select select:hover { border-color: var(--rt-border-strong); }
.rt-select select option, .rt-select select optgroup { background: var(--rt-bg); color: var(--rt-text); }
.rt-select .rt-icon { position: absolute; right: 4px; pointer-events: none; color: var(--rt-text-2); }
.rt-model-select { flex: 1; margin-left: -8px; margin-right: 8px; }
.rt-model-select { height: 28px; border-radius: 5px; padding-left: 8px; padding-right: 22px; }
.rt-model-select:hover { background: var(--rt-bg-2); }
.rt-model-name { font-weight: 600; font-size: 12px; }
.rt-model-name .rt-quiet { font-weight: 400; }
.rt-model-select select { position: absolute; top: 0; left: 0; height: 100%; opacity: 0; }
.rt-role { width: 96px; flex: none; margin: 0 4px 0 8px; }
.rt-file { position: absolute; width: 1px; height: 1px; opacity: 0; pointer-events: none; }

.rt-subject-block { border-bottom: 1px solid var(--rt-border); }
.rt-subject { display: flex; align-items: center; padding: 12px 16px; min-height: 80px; }
.rt-subject-empty { border-bottom: 1px solid var(--rt-border); }
.rt-subject-options { padding: 0 16px 8px; }
.rt-subject-options .rt-row { min-height: 32px; }
.rt-subject-notes { padding: 0 16px 12px !important; color: var(--rt-text-2); }
.rt-subject-note { display: flex; align-items: flex-start; margin-top: 4px; }
.rt-subject-note .rt-icon { margin: 2px 8px 0 0; }
.rt-subject-note span { min-width: 0; overflow-wrap: anywhere; }
.rt-note-warning .rt-icon { color: var(--rt-warning); }
.rt-note-blocked { color: var(--rt-text); }
.rt-note-blocked .rt-icon { color: var(--rt-danger); }
.rt-subject-words { display: flex; flex-direction: column; flex: 1; min-width: 0; margin-left: 12px; align-items: flex-start; }
.rt-subject-words > * { max-width: 100%; }
.rt-subject-words strong { font-size: 12px; }
.rt-thumb { display: flex; align-items: center; justify-content: center; flex: none; width: 56px; height: 56px; border-radius: 6px; overflow: hidden; background-color: var(--rt-bg-2); }
.rt-thumb img { display: block; max-width: 100%; max-height: 100%; }
.rt-thumb-empty { color: var(--rt-text-2); }
.rt-thumb-small { width: 28px; height: 28px; border-radius: 4px; margin-right: 8px; }
.rt-checker { background-size: 8px 8px; }
.rt-region-line { display: flex; align-items: center; height: 20px; color: var(--rt-accent-text); font-variant-numeric: tabular-nums; }
.rt-region-line .rt-icon { margin-right: 4px; }
.rt-region-line .rt-icon-button { width: 20px; height: 20px; color: inherit; margin-left: 2px; }
.rt-region-line .rt-icon-button .rt-icon { margin: 0; }

.rt-recent { margin: 4px -8px 0 !important; }
.rt-recent-item { display: block; width: 100%; height: 24px; padding: 0 8px; border: 0; border-radius: 5px; background: none; text-align: left; cursor: default; color: var(--rt-text-2) !important; }
.rt-recent-item:hover { background: var(--rt-bg-2); color: var(--rt-text) !important; }

.rt-references { padding-top: 8px; padding-bottom: 8px; }
.rt-references .rt-label-line { margin-bottom: 0; }
.rt-references .rt-icon-button { margin-right: -4px; }
.rt-references .rt-links { align-items: center; }
.rt-references .rt-links .rt-icon-button { margin-left: 8px; }
.rt-reference { display: flex; align-items: center; height: 36px; }
.rt-over { background: var(--rt-accent-soft); }
.rt-drop-hint { position: absolute; top: 0; right: 0; bottom: 0; left: 0; display: flex; align-items: center; justify-content: center; background: var(--rt-accent-soft); color: var(--rt-accent-text); font-weight: 500; pointer-events: none; }

.rt-rows { padding: 8px 16px; border-bottom: 1px solid var(--rt-border); }
.rt-row { display: flex; align-items: center; min-height: 36px; }
.rt-row-label { flex: none; width: 64px; color: var(--rt-text-2); }
.rt-segments { display: flex; flex: 1; padding: 2px; border-radius: 6px; background: var(--rt-bg-2); }
.rt-segment { position: relative; display: flex; flex-direction: column; align-items: center; justify-content: center; flex: 1; min-height: 24px; padding: 2px 0; border-radius: 5px; font-weight: 500; line-height: 13px; cursor: default; }
.rt-segment input { position: absolute; opacity: 0; width: 100%; height: 100%; top: 0; left: 0; cursor: default; }
.rt-segment-note { font-weight: 400; font-size: 10px; color: var(--rt-text-2); font-variant-numeric: tabular-nums; }
.rt-segment.rt-on { background: var(--rt-bg); }

.rt-notice { margin: 12px 16px 0; padding: 8px 8px 8px 12px; border-radius: 6px; background: var(--rt-bg-2); }
.rt-notice-warning { background: var(--rt-warning-soft); }
.rt-notice-warning .rt-icon { color: var(--rt-warning); }
.rt-notice-danger { background: var(--rt-danger-soft); }
.rt-notice-danger .rt-notice-line > .rt-icon { color: var(--rt-danger); }
.rt-notice-line { display: flex; align-items: flex-start; }
.rt-notice-line > .rt-icon { margin-right: 8px; }
.rt-notice-words { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.rt-notice-acts { display: flex; flex-wrap: wrap; margin-top: 4px; }
.rt-notice-acts .rt-link { margin-right: 16px; }
.rt-notice-line > .rt-icon + .rt-notice-words { margin-top: 0; }
.rt-notice-warning .rt-notice-acts, .rt-failure .rt-notice-acts { margin-left: 24px; }
.rt-failure { margin: 0 16px 12px; }
.rt-failure .rt-icon-button { margin: -4px -2px 0 4px; }
.rt-failure-sentence { display: block; }
.rt-failure .rt-notice-acts { margin-top: 8px; }
.rt-failure .rt-button { background: var(--rt-bg); }
.rt-vocabulary { margin-top: 8px !important; padding-top: 8px !important; border-top: 1px solid var(--rt-border-strong); color: var(--rt-text-2); max-height: 184px; overflow-y: auto; }
.rt-vocabulary li { display: flex; }
.rt-skill { height: 22px; padding: 0 6px; margin-left: -6px !important; border: 0; border-radius: 4px; background: none; color: var(--rt-text-2) !important; text-align: left; cursor: default; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rt-skill:hover { background: var(--rt-bg-3); color: var(--rt-text) !important; }

.rt-links { display: flex; }
.rt-links .rt-link { margin-left: 12px; }
.rt-dim img, .rt-dim .rt-tree-words { opacity: 0.45; }
.rt-take-picture { display: flex; align-items: center; justify-content: center; flex: none; width: 40px; height: 40px; border-radius: 5px; overflow: hidden; background: var(--rt-bg-3); color: var(--rt-text-2); }
.rt-take-picture img { display: block; width: 100%; height: 100%; }
.rt-take-picture.rt-is-failed { color: var(--rt-danger); }

.rt-windowed-x { display: flex; overflow-x: auto; overflow-y: hidden; }
.rt-windowed-y { overflow-y: auto; overflow-x: hidden; }
.rt-space { display: block; flex: none; }
.rt-strip { height: 88px; margin: 0 -16px 4px; padding: 2px 12px 0; }
.rt-frame { display: flex; flex-direction: column; flex: none; width: 64px; padding: 2px 4px; cursor: default; }
.rt-frame .rt-take-picture { width: 56px; height: 56px; border-radius: 6px; }
.rt-frame-number { display: flex; align-items: center; justify-content: center; height: 18px; margin-top: 4px; font-size: 10px; line-height: 14px; color: var(--rt-text-2); }
.rt-frame.rt-on .rt-frame-number { color: var(--rt-text); }
.rt-frame-number .rt-icon { margin-left: 3px; color: var(--rt-star); }
.rt-start-dot { width: 6px; height: 6px; margin-left: 4px; border-radius: 3px; background: var(--rt-accent); }

.rt-takes-view .rt-head { padding-right: 16px; }
.rt-finder { flex: none; padding: 8px 16px 8px; border-bottom: 1px solid var(--rt-border); }
.rt-search { position: relative; display: flex; align-items: center; }
.rt-search .rt-icon { position: absolute; left: 6px; color: var(--rt-text-2); pointer-events: none; }
.rt-search .rt-text { padding-left: 26px; }
.rt-chips { display: flex; align-items: center; margin: 8px -6px 0; }
.rt-chip { position: relative; height: 24px; padding: 4px 8px; margin-right: 4px; border-radius: 5px; color: var(--rt-text-2); cursor: default; white-space: nowrap; }
.rt-chip:hover { background: var(--rt-bg-2); }
.rt-chip.rt-on { background: var(--rt-bg-3); color: var(--rt-text); font-weight: 500; }
.rt-chip input { position: absolute; top: 0; left: 0; width: 100%; height: 100%; opacity: 0; cursor: default; }
.rt-hits { flex: 1; min-width: 0; margin-right: 6px; text-align: right; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.rt-tree { flex: 1; min-height: 104px; }
.rt-tree-row { display: flex; align-items: center; height: 52px; padding: 0 16px 0 12px; cursor: default; }
.rt-tree-row:hover { background: var(--rt-bg-2); }
.rt-tree-row.rt-on { background: var(--rt-bg-3); }
.rt-tree-row.rt-on .rt-take-picture { background: var(--rt-bg); }
.rt-lanes { display: block; flex: none; margin-right: 4px; overflow: visible; }
.rt-lane { fill: none; stroke: var(--rt-border-strong); stroke-width: 1.5px; }
.rt-node { fill: var(--rt-text-2); stroke: var(--rt-bg); stroke-width: 2px; }
.rt-tree-row:hover .rt-node { stroke: var(--rt-bg-2); }
.rt-tree-row.rt-on .rt-node { stroke: var(--rt-bg-3); }
.rt-node-empty { fill: var(--rt-bg); stroke: var(--rt-text-2) !important; stroke-width: 1.5px; }
.rt-node-start { fill: var(--rt-accent); }
.rt-tree-row > .rt-take-picture:first-child { margin-left: 4px; }
.rt-tree-words { display: flex; flex-direction: column; flex: 1; min-width: 0; margin-left: 10px; }
.rt-tree-marks { display: flex; flex: none; margin-left: 8px; color: var(--rt-star); }
.rt-tree-marks span { display: flex; margin-right: 4px; color: var(--rt-accent-text); }
.rt-none { display: flex; flex-direction: column; align-items: center; justify-content: center; flex: 1; min-height: 104px; padding: 24px; color: var(--rt-text-2); text-align: center; }
.rt-none .rt-icon { margin-bottom: 8px; }
.rt-none p { max-width: 240px; overflow-wrap: anywhere; }
.rt-drawer { flex: none; max-height: 56%; overflow-y: auto; padding: 0; border-top: 1px solid var(--rt-border); }
.rt-status-failed { color: var(--rt-danger); }
.rt-status-pending, .rt-status-answered { color: var(--rt-accent-text); }
.rt-status-kept { color: var(--rt-success); }

.rt-card { border-radius: 8px; overflow: hidden; background: var(--rt-bg-2); margin-bottom: 4px; }
.rt-card-picture { display: flex; justify-content: center; background: var(--rt-bg-3); }
.rt-card-picture img { display: block; width: auto; height: auto; max-width: 100%; max-height: 184px; }
.rt-card-body { padding: 8px 12px 4px; }
.rt-card-title { display: flex; align-items: flex-start; }
.rt-card-title .rt-icon-button { margin: -4px -4px -4px 4px; }
.rt-card-title .rt-icon-button[aria-pressed='true'] { background: transparent; color: var(--rt-star); }
.rt-card-name { font-weight: 600 !important; overflow-wrap: anywhere; border-radius: 3px; max-height: 48px; overflow: hidden; }
.rt-card-words { overflow-wrap: anywhere; user-select: text; }
.rt-said { margin-top: 2px !important; }
.rt-figures { display: flex; flex-wrap: wrap; margin-top: 4px !important; font-variant-numeric: tabular-nums; }
.rt-figures span { margin-right: 10px; white-space: nowrap; }
.rt-notes { margin-top: 4px !important; color: var(--rt-text-2); }
.rt-notes li { display: flex; align-items: flex-start; margin-top: 2px; }
.rt-notes li span { overflow-wrap: anywhere; min-width: 0; }
.rt-notes .rt-icon { margin: 2px 6px 0 0; }
.rt-note { display: block; width: 100%; margin-top: 6px !important; padding: 4px 8px; border-left: 2px solid var(--rt-border-strong); overflow-wrap: anywhere; white-space: pre-wrap; }
.rt-line-editor { height: 24px; margin: -4px 0 !important; border-color: var(--rt-border-strong); background: var(--rt-bg); }
.rt-card-body > .rt-line-editor { margin: 6px 0 4px !important; }
.rt-note-editor { height: auto; min-height: 56px; margin: 6px 0 4px !important; padding: 5px 8px; border-color: var(--rt-border-strong); background: var(--rt-bg); }
.rt-bookmarks { display: flex; flex-wrap: wrap; margin-top: 4px !important; }
.rt-bookmark { display: flex; align-items: center; min-width: 0; max-width: 100%; height: 20px; margin: 2px 6px 2px 0; padding-left: 6px; border-radius: 4px; background: var(--rt-accent-soft); color: var(--rt-accent-text); }
.rt-bookmark > .rt-icon { margin-right: 4px; }
.rt-bookmark .rt-icon-button { width: 20px; height: 20px; color: inherit; }
.rt-card-acts { display: flex; align-items: center; flex-wrap: wrap; padding: 4px 6px 0 12px; }
.rt-card-acts .rt-button { height: 24px; padding: 0 7px; margin: 0 6px 6px 0 !important; background: var(--rt-bg); }
.rt-card-acts .rt-pressed { background: var(--rt-accent-soft); border-color: transparent; color: var(--rt-accent-text) !important; }
.rt-card-icons { display: flex; flex: 1; justify-content: flex-end; margin-bottom: 6px; }
.rt-card-icons .rt-icon-button { width: 22px; }
.rt-drawer .rt-card { position: relative; margin: 0; border-radius: 0; background: var(--rt-bg); padding: 4px 4px 4px 4px; }
.rt-drawer .rt-card-picture { position: absolute; top: 12px; left: 16px; width: 64px; height: 64px; border-radius: 6px; overflow: hidden; }
.rt-drawer .rt-card-picture img { width: 100%; height: 100%; max-height: none; }
.rt-drawer .rt-card-picture + .rt-card-body { padding-left: 90px; min-height: 80px; }
.rt-card .rt-more { margin: 0 4px 4px; padding-top: 4px; border-top: 1px solid var(--rt-border); }
.rt-more-item { display: flex; align-items: center; width: 100%; height: 28px; padding: 0 8px; border: 0; border-radius: 5px; background: none; text-align: left; cursor: default; }
.rt-more-item:hover { background: var(--rt-bg-3); }
.rt-more-item .rt-icon { margin-right: 8px; color: var(--rt-text-2); }
.rt-busy { margin: 4px 0 8px !important; }

.rt-start { padding-top: 8px; padding-bottom: 8px; }
.rt-start-take { display: flex; align-items: center; height: 32px; margin-bottom: 6px; }
.rt-start-take .rt-icon-button { margin-right: -4px; }
.rt-why { margin-top: 6px !important; }
.rt-why strong { font-weight: 500; color: var(--rt-text); }
.rt-left-out { display: flex; align-items: flex-start; margin-top: 6px !important; }
.rt-left-out .rt-icon { flex: none; margin: 2px 8px 0 0; color: var(--rt-warning); }
.rt-left-out span { min-width: 0; overflow-wrap: anywhere; }

.rt-question .rt-notice-line > .rt-icon { color: var(--rt-accent-text); }
.rt-question { background: var(--rt-accent-soft); padding: 8px; padding-left: 12px; }
.rt-answer { height: auto; min-height: 44px; margin-top: 8px !important; padding: 5px 8px; background: var(--rt-bg); }
.rt-question-acts { display: flex; justify-content: flex-end; margin-top: 8px; }

.rt-head-back { padding-left: 8px; }
.rt-compare { display: flex; flex-direction: column; flex: 1; min-height: 0; padding: 12px 16px; }
.rt-compare-head { display: flex; flex: none; }
.rt-compare select { color: inherit; }
.rt-compare p { margin: 0; }
.rt-compare-room { display: flex; align-items: center; justify-content: center; flex: 1; min-height: 120px; margin: 12px 0; border-radius: 8px; overflow: hidden; background: var(--rt-bg-3); }
.rt-compare-wait { padding: 24px !important; text-align: center; }
.rt-compare-frame { position: relative; display: block; width: 100%; overflow: hidden; font-size: inherit; line-height: inherit; letter-spacing: inherit; }
.rt-compare-frame img { position: absolute; top: 0; left: 0; width: 100%; height: 100%; display: block; user-select: none; }
.rt-compare-pair { cursor: ew-resize; }
.rt-compare-part { position: absolute; top: 0; left: 0; height: 100%; overflow: hidden; }
.rt-compare-part img { max-width: none; }
.rt-unseen { visibility: hidden; }
.rt-side { position: absolute; top: 8px; max-width: 45%; padding: 0 7px; border-radius: 4px; line-height: 20px; background: rgba(20, 20, 20, 0.72); color: #fff; font-weight: 500; pointer-events: none; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.rt-side-left { left: 8px; }
.rt-side-right { right: 8px; }
.rt-compare-foot { display: flex; align-items: center; flex: none; }
.rt-compare-foot > .rt-icon { flex: none; margin: 0 4px; color: var(--rt-text-2); }
.rt-compare-finding { flex: none; min-height: 16px; margin-top: 8px !important; }

.rt-evidence { display: flex; flex-direction: column; flex: 1; min-height: 0; }
.rt-panel .rt-evidence { padding: 12px 16px; overflow-y: auto; }
.rt-evidence p { margin: 0; }
.rt-evidence-views { display: flex; flex: none; }
.rt-evidence-views .rt-segments { max-width: 400px; }
.rt-evidence .rt-compare-room { margin: 12px 0 0; }
.rt-evidence-none { max-width: 420px; padding: 0 24px; text-align: center; font-size: 12px; line-height: 18px; color: var(--rt-text-2); }
.rt-evidence-missing { font-size: 12px; line-height: 18px; color: var(--rt-text-2); }
.rt-evidence-arrows { position: absolute; top: 0; left: 0; width: 100%; height: 100%; overflow: visible; }
.rt-evidence-arrows line { stroke: #fff; stroke-width: 1.25px; }
.rt-evidence-tip { position: absolute; width: 4px; height: 4px; margin: -2px 0 0 -2px; border-radius: 50%; background: #fff; }
.rt-evidence-foot { display: flex; align-items: center; flex: none; flex-wrap: wrap; min-height: 28px; margin-top: 8px; }
.rt-evidence-foot .rt-segments { max-width: 340px; }
.rt-evidence-foot .rt-segment { white-space: nowrap; }
.rt-evidence-scale { display: flex; align-items: center; margin: 2px 16px 2px 0; font-variant-numeric: tabular-nums; white-space: nowrap; }
.rt-evidence-gradient { width: 120px; height: 8px; margin: 0 8px; border-radius: 4px; }
.rt-evidence-figures { flex: none; margin-top: 8px; padding-top: 6px; border-top: 1px solid var(--rt-border); user-select: text; }
.rt-evidence-figures dl { display: flex; flex-wrap: wrap; margin: 0 -28px 0 0; }
.rt-evidence-figures dl div { margin: 4px 28px 4px 0; }
.rt-evidence-figures dt { color: var(--rt-text-2); }
.rt-evidence-figures dd { margin: 0; font-weight: 500; font-variant-numeric: tabular-nums; }
.rt-evidence-figures p { margin-top: 4px; color: var(--rt-text-2); }

.rt-foot { display: flex; align-items: center; flex: none; height: 56px; padding: 0 16px; border-top: 1px solid var(--rt-border); }
.rt-run { display: flex; flex-direction: column; flex: 1; min-width: 0; margin-right: 16px; font-variant-numeric: tabular-nums; }
.rt-run-line { display: flex; justify-content: space-between; }
.rt-run-line .rt-quiet { flex: none; margin-left: 8px; white-space: nowrap; }
.rt-bar { display: block; height: 3px; margin-top: 5px; border-radius: 2px; background: var(--rt-bg-3); overflow: hidden; position: relative; }
.rt-bar-done { display: block; height: 100%; border-radius: 2px; background: var(--rt-accent); }

.rt-divider { position: absolute; width: 24px; margin-left: -12px; cursor: ew-resize; }
.rt-divider::before { content: ''; position: absolute; top: 0; bottom: 0; left: 11px; width: 2px; background: #fff; }
.rt-knob { position: absolute; display: flex; align-items: center; justify-content: center; top: 50%; left: -2px; width: 28px; height: 28px; margin-top: -14px; border-radius: 50%; background: #fff; color: #333; }

.rt-line { display: flex; align-items: center; }
.rt-line .rt-link { margin-left: 16px; }
.rt-line .rt-text + .rt-button { margin-left: 8px; }
.rt-settings .rt-block > .rt-label { margin-bottom: 8px; }
.rt-key-held { display: flex; align-items: center; min-height: 40px; padding: 0 6px 0 8px; margin-bottom: 8px; border-radius: 6px; background: var(--rt-bg-2); }
.rt-key-held > .rt-icon { margin-right: 8px; color: var(--rt-text-2); }
.rt-key-held .rt-button { background: var(--rt-bg); height: 24px; padding: 0 8px; }
.rt-keep { padding: 4px 16px 0; }
.rt-check { display: flex; align-items: center; height: 32px; cursor: default; }
.rt-check input { width: 14px; height: 14px; margin: 0 8px 0 0 !important; }
.rt-verdict { display: flex; align-items: flex-start; margin-bottom: 8px !important; overflow-wrap: anywhere; }
.rt-verdict .rt-icon { margin-right: 6px; }
.rt-verdict span { min-width: 0; }
.rt-good { color: var(--rt-success); }
.rt-bad .rt-icon { color: var(--rt-danger); }
`;
