/**
 * What browsers draw of the panel beyond panelCss.ts, to be put right after it: focus rings, shadows, motion, hover that spares
 * disabled controls, fields and pictures that fit themselves to their room.
 */
export const browserCss = `
.rt-panel button, .rt-panel input, .rt-panel select, .rt-panel textarea { font: inherit; }

.rt-scroll { scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }

.rt-icon-button:hover:not(:disabled) { background: var(--rt-bg-2); }
.rt-icon-button:active:not(:disabled) { background: var(--rt-bg-3); }
.rt-button:hover:not(:disabled) { background: var(--rt-bg-2); }
.rt-button:active:not(:disabled) { background: var(--rt-bg-3); }
.rt-primary:hover:not(:disabled), .rt-primary:active:not(:disabled) { background: var(--rt-accent-hover); }
.rt-panel :focus-visible { outline: 2px solid var(--rt-accent); outline-offset: 1px; }
.rt-panel .rt-text:focus-visible, .rt-panel .rt-select select:focus-visible { outline-offset: -1px; outline-width: 1.5px; }

.rt-text::placeholder { color: var(--rt-text-2); opacity: 1; }
.rt-instruction { resize: vertical; field-sizing: content; }
.rt-select select { appearance: none; }
.rt-model-select:has(select:focus-visible) { outline: 2px solid var(--rt-accent); outline-offset: -1px; }

.rt-thumb { box-shadow: inset 0 0 0 1px var(--rt-border); }
.rt-checker { background-image: conic-gradient(var(--rt-bg-3) 25%, transparent 0 50%, var(--rt-bg-3) 0 75%, transparent 0); }

.rt-segment:has(input:focus-visible) { outline: 2px solid var(--rt-accent); outline-offset: 1px; }
.rt-segment.rt-on { box-shadow: 0 0 0 0.5px var(--rt-border-strong), 0 1px 2px rgba(0, 0, 0, 0.08); }

.rt-block:has(+ .rt-failure) { border-bottom: 0; }
.rt-vocabulary { scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }

.rt-take-picture img { object-fit: cover; }
.rt-is-pending .rt-icon, .rt-is-answered .rt-icon { animation: rt-breathe 1.6s ease-in-out infinite; }

.rt-windowed-x { scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }
.rt-windowed-y { scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }
.rt-strip:focus-visible, .rt-tree:focus-visible { outline: none !important; }
.rt-frame .rt-take-picture { box-shadow: 0 0 0 1px var(--rt-border); }
.rt-frame.rt-on .rt-take-picture { box-shadow: 0 0 0 2px var(--rt-bg), 0 0 0 4px var(--rt-text-2); }
.rt-strip:focus-visible .rt-frame.rt-on .rt-take-picture { box-shadow: 0 0 0 2px var(--rt-bg), 0 0 0 4px var(--rt-accent); }

.rt-chip:has(input:focus-visible) { outline: 2px solid var(--rt-accent); outline-offset: 1px; }
.rt-tree:focus-visible .rt-tree-row.rt-on { background: var(--rt-accent-soft); box-shadow: inset 2px 0 0 var(--rt-accent); }
.rt-tree:focus-visible .rt-tree-row.rt-on .rt-node { stroke: var(--rt-accent-soft); }
.rt-drawer { scrollbar-width: thin; scrollbar-color: var(--rt-border-strong) transparent; }

.rt-card-title .rt-icon-button:hover { background: var(--rt-bg-3); }
.rt-note-editor { resize: vertical; }
.rt-card-acts .rt-button:hover:not(:disabled) { background: var(--rt-bg-3); }
.rt-card-acts .rt-pressed:hover:not(:disabled) { background: var(--rt-accent-soft); border-color: transparent; color: var(--rt-accent-text) !important; }
.rt-card-icons .rt-icon-button:hover { background: var(--rt-bg-3); }
.rt-drawer .rt-card-picture img { object-fit: cover; }

.rt-answer { resize: vertical; }

.rt-compare select { font: inherit; }
.rt-compare-room { container-type: size; }
.rt-compare-frame { width: min(100cqw, calc(100cqh * var(--rt-ratio))); }
.rt-compare-pair { touch-action: none; }

.rt-evidence-none { text-wrap: balance; }
.rt-evidence-arrows line { vector-effect: non-scaling-stroke; }
.rt-evidence-foot .rt-segment { word-spacing: -0.08em; }

.rt-bar-done { transition: width 200ms ease-out; }
.rt-bar-waiting .rt-bar-done { animation: rt-breathe 1.6s ease-in-out infinite; }
@keyframes rt-breathe { 50% { opacity: 0.45; } }

.rt-divider::before { box-shadow: 0 0 0 0.5px rgba(0, 0, 0, 0.35), 0 0 6px rgba(0, 0, 0, 0.25); }
.rt-knob { box-shadow: 0 0 0 0.5px rgba(0, 0, 0, 0.3), 0 2px 8px rgba(0, 0, 0, 0.3); }
.rt-divider:focus-visible { outline: none !important; }
.rt-divider:focus-visible .rt-knob { outline: 2px solid var(--rt-accent); outline-offset: 2px; }

.rt-check input { accent-color: var(--rt-accent); }

@media (prefers-reduced-motion: reduce) {
  .rt-bar-done { transition: none; }
  .rt-bar-waiting .rt-bar-done, .rt-is-pending .rt-icon, .rt-is-answered .rt-icon { animation: none; }
}
`;
