import type { StateView } from '../check/property.ts';
import { AccessMemory } from '../memory/accessMemory.ts';
import type { Place } from '../memory/cell.ts';
import { isLoad } from '../memory/kinds.ts';

/** The memory of a property: it reads the state that the property is asked about. */
export class PropertyMemory extends AccessMemory {
  readonly thread = -1;
  origin: string | undefined;
  private readonly view: StateView;

  constructor(view: StateView) {
    super();
    this.view = view;
  }

  protected access(kind: number, place: Place): number | bigint {
    if (!isLoad(kind)) throw new TypeError('a property changes shared memory: it may only read');
    return place.kind === 'cell64' ? this.view.read64(place) : this.view.read(place as never);
  }
  protected fenceStep(): void {}
  protected choiceStep(): number {
    return 0;
  }
}
