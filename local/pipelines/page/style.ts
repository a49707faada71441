import { DARK, declarations, LIGHT } from './colours';

const FRAME = `*{box-sizing:border-box}
html{color-scheme:light dark;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:84rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 .5rem}h2{font-size:1.15rem;margin:1.75rem 0 .5rem}main>:first-child h2{margin-top:0}header{padding-bottom:0}h3{font-size:1rem;margin:0}
p{margin:.4rem 0}a{color:var(--link)}code,pre,.log{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85rem}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--raised);padding:.5rem 1rem;z-index:1}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
span,b,code{unicode-bidi:isolate}.symbols{position:absolute}.muted,.took{color:var(--muted)}
.icon{width:1em;height:1em;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round;position:relative;top:.12em}
.state{display:inline-flex;align-items:baseline;gap:.35em;font-weight:600;white-space:nowrap}
.s-succeeded{color:var(--good)}.s-failed{color:var(--bad)}.s-issues,.s-waiting{color:var(--warn)}.s-running{color:var(--busy)}
.s-canceled,.s-skipped,.s-pending{color:var(--quiet)}`;

const PARTS = `.decision{border-left:6px solid currentColor;padding:.25rem 0 .25rem 1rem;margin:.5rem 0 1rem}
.decision h1,.decision p{color:var(--text)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:.6rem 1.5rem;margin:1rem 0}
.facts div{min-width:0}.facts dt{color:var(--muted);font-size:.8rem}.facts dd{margin:0}
.notice{background:var(--raised);border:1px solid var(--line);border-left:6px solid var(--line);padding:.6rem 1rem;margin:.75rem 0;border-radius:4px}
.notice.s-waiting{border-left-color:var(--warn);color:var(--text)}.notice h2{margin:0}.command{display:flex;gap:.5rem;align-items:start}
.command code{flex:1;min-width:0;background:var(--sunken);padding:.5rem .75rem;border-radius:4px;white-space:pre-wrap}
button,input{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);border-radius:4px;padding:.25rem .7rem}
input{border-color:var(--muted);max-width:100%}button{cursor:pointer;border-color:var(--muted)}button:hover{background:var(--sunken)}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:1rem 0}.tools[hidden]{display:none}
.scroll{overflow-x:auto;max-width:100%}
.graph{background:var(--raised);border:1px solid var(--line);border-radius:6px}.graph svg{display:block}
.graph rect{fill:var(--raised);stroke:currentColor;stroke-width:1.5}.graph .title{fill:var(--text);font-weight:600;font-size:13px}
.graph .below{fill:currentColor;font-size:12px}.graph a{text-decoration:none}.graph a:hover rect{fill:var(--sunken)}
.graph a:focus-visible{outline:none}.graph a:focus-visible rect{stroke:var(--focus);stroke-width:4}
.graph .s-skipped rect,.graph .s-pending rect{stroke-dasharray:5 4}
.edge{fill:none;stroke:var(--muted);stroke-width:1.5}.arrow{fill:var(--muted)}
.stage,.job{background:var(--raised);border:1px solid var(--line);border-radius:6px;margin:.75rem 0}
.stage{padding:.75rem 1rem}.job{background:var(--page)}.stage h2{margin:0}
.row{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}.row .took{margin-left:auto;font-variant-numeric:tabular-nums}
summary{cursor:pointer;padding:.4rem .75rem}summary:hover{background:var(--sunken)}
summary .row{display:inline-flex;width:calc(100% - 1.5rem);vertical-align:top}.inside{padding:.25rem .75rem .75rem}
.steps{list-style:none;margin:0;padding:0}.steps>li{border-top:1px solid var(--line)}
.issue{margin:.35rem 0;padding-left:.75rem;border-left:4px solid currentColor}.issue span{color:var(--text)}
.error{color:var(--bad)}.warning{color:var(--warn)}
table{border-collapse:collapse;min-width:min(100%,30rem);overflow-wrap:normal}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:anywhere;min-width:6rem}th{white-space:nowrap}
.tag{display:inline-block;background:var(--sunken);border:1px solid var(--line);border-radius:1em;padding:0 .7em;margin:0 .3em .3em 0}
pre{white-space:pre-wrap;background:var(--sunken);padding:.6rem .75rem;border-radius:4px;margin:.4rem 0}
.log{background:var(--sunken);border-radius:4px;padding:.5rem 0;max-height:36rem;overflow:auto;line-height:1.45}
.log div{padding:0 .75rem 0 6.5rem;white-space:pre-wrap;min-height:1.45em}.log i{float:left;margin-left:-5.75rem;color:var(--muted);font-style:normal;user-select:none}
.log .error,.log .warning,.log .section{font-weight:600}.log .section{color:var(--good)}.log .command-line{color:var(--link)}.log .debug{color:var(--muted)}
.log .cut{background:var(--raised);color:var(--warn);padding:.5rem .75rem;margin:.4rem 0;white-space:normal}
.log summary{padding:0 .75rem}.markdown{border-left:4px solid var(--line);padding-left:1rem;margin:.5rem 0}.markdown h4,.markdown h5,.markdown h6{margin:.75rem 0 .25rem}
.gone{display:none}`;

const OTHERS = `@media(max-width:40rem){.facts{grid-template-columns:1fr 1fr}header,main,footer{padding:.75rem}.stage{padding:.6rem}.inside{padding:.25rem .4rem .6rem}summary{padding:.4rem}
.log div{padding-left:.75rem}.log i{float:none;margin:0 .75em 0 0}.command{flex-direction:column;align-items:stretch}.row .took{margin-left:0}}
@media(prefers-reduced-motion:no-preference){.s-running .icon{animation:turn 1.6s linear infinite}@keyframes turn{to{transform:rotate(360deg)}}}
@media(forced-colors:active){.state,.decision,.graph a{forced-color-adjust:auto}}
@media print{:root{${declarations(LIGHT)}}body{background:#fff}.tools,.skip,button{display:none}.log{max-height:none}.stage,.job{break-inside:auto}
details:not(.whole-log)::details-content{content-visibility:visible;block-size:auto}.graph svg{max-width:100%;height:auto}}`;

/** The whole style sheet. A text of its own, so that the page's policy can name its digest. */
export const STYLE = `:root{${declarations(LIGHT)}}
@media(prefers-color-scheme:dark){:root{${declarations(DARK)}}}
${FRAME}
${PARTS}
${OTHERS}`;
