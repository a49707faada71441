/**
 * What makes the page more comfortable: filter, open and close all, copy, counting of time, and reloading while the run goes on with everything as it was
 * left. Nothing of the page needs it. It builds elements and sets texts only, never markup (Trusted Types forbid that), and reads no text of the run
 * but to compare and copy it.
 */
export const SCRIPT = `'use strict';
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const tools = document.querySelector('.tools');
  const filter = document.querySelector('#filter');
  const found = document.querySelector('#found');
  const memory = 'opened ' + location.pathname;
  const recall = () => { try { return JSON.parse(sessionStorage.getItem(memory)); } catch { return null; } };
  const remember = (value) => { try { sessionStorage.setItem(memory, JSON.stringify(value)); } catch { return; } };
  if (tools) tools.hidden = false;
  document.querySelector('#open-all')?.addEventListener('click', () => all('details.job, details.step').forEach((one) => { one.open = true; }));
  document.querySelector('#close-all')?.addEventListener('click', () => all('main details').forEach((one) => { one.open = false; }));
  const apply = () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const job of all('[data-name]')) {
      const hit = job.dataset.name.toLowerCase().includes(wanted);
      job.classList.toggle('gone', !hit);
      shown += hit ? 1 : 0;
    }
    found.textContent = wanted === '' ? '' : shown + ' found';
  };
  filter?.addEventListener('input', apply);
  const reveal = () => {
    let target;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
    for (let one = target; one; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true;
    target?.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  for (const source of all('[data-copy]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy ' + source.dataset.copy);
    button.addEventListener('click', async () => {
      try { await navigator.clipboard.writeText(source.textContent); button.textContent = 'Copied'; }
      catch { getSelection().selectAllChildren(source); button.textContent = 'Selected'; }
    });
    source.after(button);
  }
  const count = () => {
    for (const one of all('[data-since]')) {
      const seconds = Math.max(0, Math.round((Date.now() - Date.parse(one.dataset.since)) / 1000));
      if (Number.isFinite(seconds)) one.textContent = (seconds >= 60 ? Math.floor(seconds / 60) + ' min ' : '') + (seconds % 60) + ' s so far';
    }
  };
  if (document.querySelector('[data-since]')) { count(); setInterval(count, 1000); }
  const live = document.querySelector('#follow');
  const before = recall();
  if (live && before) {
    live.checked = before.follow;
    if (filter) { filter.value = before.filter; apply(); }
    for (const id of before.toggled) { const one = document.getElementById(id); if (one) one.open = !one.open; }
    scrollTo(0, before.y);
    if (before.focus) document.getElementById(before.focus)?.focus({ preventScroll: true });
  } else if (location.hash) reveal();
  if (live) {
    const made = new Map(all('details[id]').map((one) => [one.id, one.hasAttribute('data-open')]));
    const keep = () => remember({
      follow: live.checked, filter: filter ? filter.value : '', y: scrollY, focus: document.activeElement?.id ?? '',
      toggled: all('details[id]').filter((one) => one.open !== made.get(one.id)).map((one) => one.id),
    });
    addEventListener('pagehide', keep);
    setInterval(() => { if (live.checked && !document.hidden) location.reload(); }, 5000);
  }
})();`;
