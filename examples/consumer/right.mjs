import { vm } from 'gfnring';
import { harvestInOrder } from './harvest.mjs';

export default vm({
  name: 'reads-first',
  scenario: 'overtaken',
  harvest: harvestInOrder((read, giveBack) => {
    read();
    giveBack();
  }),
});
