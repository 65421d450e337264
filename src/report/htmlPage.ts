import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The built viewer: see `viewer/vite.config.mjs`. */
const TEMPLATE = new URL('../../dist/report/viewer/index.html', import.meta.url);

/**
 * An HTML page that shows `data`, in one file. Its Content-Security-Policy forbids all network
 * access. Throws the file system's error if the package is not built.
 */
export function htmlPage(data: unknown, title: string): string {
  const template = readFileSync(TEMPLATE, 'utf8');
  const parts: readonly (readonly [string, string])[] = [
    ['<head>', `<head>\n<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(template)}">`],
    ['<title>gfnring</title>', `<title>${escapeHtml(title)}</title>`],
    ['id="data">null<', `id="data">${scriptJson(data)}<`],
  ];
  return parts.reduce((page, [from, to]) => {
    if (page.split(from).length !== 2) throw new Error(`the viewer's template must contain ${from} exactly once`);
    return page.replace(from, () => to);
  }, template);
}

/** Allows the viewer's own script and style sheet, by hash, and nothing else. */
function contentSecurityPolicy(template: string): string {
  const hashesOf = (element: RegExp): string =>
    [...template.matchAll(element)]
      .map(([, content]) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`)
      .join(' ');
  const scripts = hashesOf(/<script type="module"[^>]*>([\s\S]*?)<\/script>/g);
  const styles = hashesOf(/<style[^>]*>([\s\S]*?)<\/style>/g);
  return `default-src 'none'; img-src data:; script-src ${scripts}; style-src ${styles}; base-uri 'none'; form-action 'none'`;
}

/**
 * JSON that can stand in a script element: without `<`, nothing ends the element or begins a
 * comment.
 */
const scriptJson = (data: unknown): string => JSON.stringify(data).replaceAll('<', '\\u003c');

const escapeHtml = (value: string): string => value.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
