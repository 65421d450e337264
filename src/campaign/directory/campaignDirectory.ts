import { existsSync, rmSync } from 'node:fs';
import { writeAtomically } from '../../files/atomicWrite.ts';
import { createDirectory } from '../../files/createDirectory.ts';
import { reportFileErrors } from '../../files/fileErrors.ts';
import { BadInput } from '../../input/badInput.ts';
import { withChecksum } from '../../input/checksum.ts';
import { relativeTo } from '../../run/finding.ts';
import { modulesOf, withOrigin } from '../../run/origin.ts';
import { CAMPAIGN_SCHEMA, type CampaignSettings } from '../settings.ts';
import type { CampaignState } from '../state/campaignState.ts';
import type { BatchEffect } from '../state/events.ts';
import type { MinimisedFailure } from '../state/findings.ts';
import { EventLog } from './eventLog.ts';
import { Exporter } from './exporter.ts';
import { entryFile, filesIn, removeDrafts, settingsFile } from './layout.ts';
import { acquireLock, releaseLock } from './lock.ts';
import { readSettings, readTrustedSettings } from './readSettings.ts';
import { quarantineDamaged } from './recover.ts';
import type { StrayFinding } from './strayFindings.ts';

/** A campaign on disk that this process runs: it is locked until `close`. */
export class CampaignDirectory {
  readonly directory: string;
  /** What is wrong with each damaged file that was moved to the quarantine folder. */
  readonly quarantined: readonly string[];
  private readonly log: EventLog;
  private readonly exporter: Exporter;

  private constructor(directory: string, log: EventLog, quarantined: readonly string[]) {
    this.directory = directory;
    this.log = log;
    this.quarantined = quarantined;
    this.exporter = new Exporter(directory, log.state);
  }

  /** Begins a campaign in an empty or missing directory. Throws `BadInput`. */
  static create(directory: string, settings: CampaignSettings): CampaignDirectory {
    return reportFileErrors(`cannot write to ${directory}`, () => {
      if (existsSync(settingsFile(directory)))
        throw new BadInput(`${directory} has a campaign already: --resume continues it, --dir names another place`);
      if (filesIn(directory).length > 0)
        throw new BadInput(`${directory} is not empty, and no campaign: --dir names another place`);
      createDirectory(directory);
      acquireLock(directory);
      const bases = settings.bases.map((base) => ({ ...base, source: relativeTo(directory, base.source) }));
      const content = { schema: CAMPAIGN_SCHEMA, kind: 'campaign', ...settings, bases };
      const campaign = withOrigin(withChecksum(content), modulesOf(settings.bases.map(({ source }) => source)));
      writeAtomically(settingsFile(directory), `${JSON.stringify(campaign, null, 2)}\n`);
      // Reading the settings back gives the order of fields that a resumed campaign has.
      const log = new EventLog(directory, readSettings(directory));
      return new CampaignDirectory(directory, log, log.damages);
    });
  }

  /** Resumes a campaign. Throws `BadInput` if there is none, or one of another schema. */
  static open(directory: string): CampaignDirectory {
    return reportFileErrors(`cannot write to ${directory}`, () => {
      const settings = readTrustedSettings(directory);
      acquireLock(directory);
      const log = new EventLog(directory, settings);
      removeDrafts(directory);
      const damages = quarantineDamaged(directory, log.state);
      const campaign = new CampaignDirectory(directory, log, [...log.damages, ...damages]);
      campaign.exporter.tryWriting(() => campaign.exporter.exportAll());
      return campaign;
    });
  }

  get state(): CampaignState {
    return this.log.state;
  }

  /**
   * Applies the effect of the next batch. Throws what the file system throws; nothing changes then.
   */
  applyBatch(effect: BatchEffect): void {
    this.log.append({ batch: effect });
    this.exporter.exportSeeds(this.state.applyBatch(effect));
    if (this.log.isDueForSnapshot) this.exporter.tryWriting(() => this.writeSnapshot());
  }

  /** The same for the result of minimising a failure. */
  applyMinimised(minimised: MinimisedFailure): void {
    this.log.append({ minimised });
    const finding = this.state.applyMinimised(minimised);
    if (finding !== undefined) this.exporter.exportFinding(finding);
  }

  /** Why entries or findings have no file. Undefined if all have. */
  get exportError(): string | undefined {
    return this.exporter.error;
  }

  writeSnapshot(): void {
    this.log.writeSnapshot();
  }

  /** Writes all entries and findings that are missing. */
  exportAll(): void {
    this.exporter.exportAll();
  }

  /** Adds findings of another campaign that its state did not have. */
  addStrays(strays: readonly StrayFinding[]): void {
    for (const stray of strays) this.exporter.writeStray(stray);
  }

  /** Removes entries from the corpus. */
  dropEntries(hashes: ReadonlySet<string>): void {
    this.state.corpus.drop(hashes);
    this.writeSnapshot();
    for (const hash of hashes) rmSync(entryFile(this.directory, hash), { force: true });
  }

  close(): void {
    this.log.close();
    releaseLock(this.directory);
  }
}
