import type { CampaignData, InterleavingData } from '../data.ts';
import { campaignPage } from './campaign.ts';
import { InterleavingPage } from './interleaving.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as InterleavingData | CampaignData;
const place = document.getElementById('page')!;
let page: InterleavingPage | undefined;
let shown: InterleavingData | undefined;

/** What the address names: `#step=12` is the twelfth step, `#finding=KEY` one of a campaign's. */
const named = (name: string): string | undefined => new URLSearchParams(location.hash.slice(1)).get(name) ?? undefined;

/** The step that the address names, from 0. */
function linked(): number | undefined {
  const step = Number(named('step'));
  return Number.isInteger(step) && step > 0 ? step - 1 : undefined;
}

function wanted(): InterleavingData | undefined {
  return data.kind === 'interleaving' ? data : data.findings.find(({ key }) => key === named('finding'))?.interleaving;
}

/** Shows what the address names. */
function go(): void {
  const of = wanted();
  if (of !== undefined && of === shown) {
    page!.choose(linked() ?? 0, false);
    return;
  }
  shown = of;
  if (of !== undefined) {
    page = new InterleavingPage(of, data.kind === 'campaign' ? '#' : undefined);
    place.replaceChildren(page.element);
    page.begin(linked());
  } else {
    place.replaceChildren(campaignPage(data as CampaignData));
    window.scrollTo(0, 0);
  }
}

go();
window.addEventListener('hashchange', go);
