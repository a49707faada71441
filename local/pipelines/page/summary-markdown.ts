import MarkdownIt from 'markdown-it';
import { Html, html } from '../../html';

const LONGEST_SUMMARY = 100_000;
/** Headings of a summary stand below those of its step. */
const DEEPER = 3;

const markdown = reader();

/**
 * A step's summary as HTML. HTML in it stays text, images become their description, and only http and https addresses become links.
 * A longer one is cut at the end of a line.
 */
export function renderSummary(text: string): { readonly content: Html; readonly cut: boolean } {
  const cut = text.length > LONGEST_SUMMARY;
  const whole = cut ? text.slice(0, text.lastIndexOf('\n', LONGEST_SUMMARY) + 1 || LONGEST_SUMMARY) : text;
  return { content: new Html(markdown.render(whole)), cut };
}

/** The first line of a summary: the sentence to act on. `undefined` where there is none. */
export function renderFirstLine(text: string): Html | undefined {
  const line = text
    .slice(0, LONGEST_SUMMARY)
    .split(/\r?\n/)
    .find((one) => one.trim() !== '');
  const sentence = line?.replace(/^#{1,6}\s+/, '');
  return sentence === undefined ? undefined : html`${new Html(markdown.renderInline(sentence))}`;
}

function reader(): InstanceType<typeof MarkdownIt> {
  const made = new MarkdownIt({ html: false, linkify: false, typographer: false });
  made.validateLink = (address) => /^https?:\/\/[^\s]+$/i.test(address);
  const { rules } = made.renderer;
  rules['image'] = (tokens, index) => {
    const described = tokens[index]?.content ?? '';
    return html`[image: ${described}]`.text;
  };
  rules['link_open'] = (tokens, index, options, _environment, renderer) => {
    tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
    return renderer.renderToken(tokens, index, options);
  };
  rules['heading_open'] = (tokens, index) => `<${deeper(tokens[index]?.tag)}>`;
  rules['heading_close'] = (tokens, index) => `</${deeper(tokens[index]?.tag)}>\n`;
  rules['table_open'] = () => '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
  // The alignment of columns comes as an inline style, which the page's policy forbids.
  for (const cell of ['th_open', 'td_open']) {
    rules[cell] = (tokens, index) => `<${tokens[index]?.tag === 'th' ? 'th scope="col"' : 'td'}>`;
  }
  return made;
}

function deeper(tag: string | undefined): string {
  return `h${Math.min(6, Number(tag?.slice(1) ?? 1) + DEEPER)}`;
}
