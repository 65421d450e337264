import type { CampaignData, InterleavingData } from '../data.ts';
import { createCampaignPage } from './campaign.ts';
import { InterleavingPage } from './interleaving.ts';

const data = JSON.parse(document.getElementById('data')!.textContent!) as InterleavingData | CampaignData;
const container = document.getElementById('page')!;
let page: InterleavingPage | undefined;
let current: InterleavingData | undefined;

/**
 * A parameter of the address: `#step=12` is the twelfth step, `#finding=KEY` a finding of the
 * campaign.
 */
const addressParameter = (name: string): string | undefined =>
  new URLSearchParams(location.hash.slice(1)).get(name) ?? undefined;

/** The step in the address, from 0. */
function addressStep(): number | undefined {
  const step = Number(addressParameter('step'));
  return Number.isInteger(step) && step > 0 ? step - 1 : undefined;
}

function addressInterleaving(): InterleavingData | undefined {
  if (data.kind === 'interleaving') return data;
  return data.findings.find(({ key }) => key === addressParameter('finding'))?.interleaving;
}

/** Shows what the address names. */
function showAddress(): void {
  const interleaving = addressInterleaving();
  if (interleaving !== undefined && interleaving === current) {
    page!.show(addressStep() ?? 0, true);
    return;
  }
  current = interleaving;
  if (interleaving !== undefined) {
    page = new InterleavingPage(interleaving, data.kind === 'campaign' ? '#' : undefined);
    container.replaceChildren(page.element);
    page.begin(addressStep());
  } else {
    container.replaceChildren(createCampaignPage(data as CampaignData));
    window.scrollTo(0, 0);
  }
}

showAddress();
window.addEventListener('hashchange', showAddress);
