import { dirname } from 'node:path';
import type { CampaignFinding } from '../campaign/summary.ts';
import { shellQuote } from '../input/shellQuote.ts';

/**
 * The command that replays a finding of a campaign. If the finding has no file: the command that
 * writes one.
 */
export const reproduceCommand = ({ file, unwritten }: Pick<CampaignFinding, 'file' | 'unwritten'>): string =>
  unwritten === undefined
    ? `npx gfnring replay ${shellQuote(file)}`
    : `npx gfnring fuzz --resume --dir ${shellQuote(dirname(dirname(file)))}`;
