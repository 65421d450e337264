import type { InterleavingData } from '../data.ts';
import { InterleavingPage } from './interleaving.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as InterleavingData;
const place = document.getElementById('page')!;

/** The step that the address names, from 0: `#step=12` is the twelfth. */
function linked(): number | undefined {
  const [, step] = /(?:^#|&)step=(\d+)/.exec(location.hash) ?? [];
  return step === undefined ? undefined : Number(step) - 1;
}

const page = new InterleavingPage(data);
place.replaceChildren(page.element);
page.begin(linked());
window.addEventListener('hashchange', () => page.choose(linked() ?? 0, false));
