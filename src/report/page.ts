import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** What the viewer's sources become when the package is built: see `viewer/vite.config.mjs`. */
const TEMPLATE = new URL('../../dist/report/viewer/index.html', import.meta.url);

/**
 * A page that shows `data`, in one file: it asks nothing of any network, and by its own policy may not.
 *
 * @param title of the document. Throws what the file system throws where the package was not built.
 */
export function htmlPage(data: unknown, title: string): string {
  const template = readFileSync(TEMPLATE, 'utf8');
  const parts: readonly (readonly [string, string])[] = [
    ['<head>', `<head>\n<meta http-equiv="Content-Security-Policy" content="${policyOf(template)}">`],
    ['<title>gfnring</title>', `<title>${text(title)}</title>`],
    ['id="data">null<', `id="data">${json(data)}<`],
  ];
  return parts.reduce((page, [from, to]) => {
    if (page.split(from).length !== 2) throw new Error(`the viewer's template has not one ${from}`);
    return page.replace(from, () => to);
  }, template);
}

/** The viewer's own script and style sheet, by their hashes, and nothing else. */
function policyOf(template: string): string {
  const hashesOf = (element: RegExp): string =>
    [...template.matchAll(element)]
      .map(([, content]) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`)
      .join(' ');
  const scripts = hashesOf(/<script type="module"[^>]*>([\s\S]*?)<\/script>/g);
  const styles = hashesOf(/<style[^>]*>([\s\S]*?)<\/style>/g);
  return `default-src 'none'; img-src data:; script-src ${scripts}; style-src ${styles}; base-uri 'none'; form-action 'none'`;
}

/** As a script element may hold it: nothing in it ends the element, or begins a comment. */
const json = (data: unknown): string => JSON.stringify(data).replaceAll('<', '\\u003c');

const text = (value: string): string => value.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
