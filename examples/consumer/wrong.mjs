import { vm } from 'gfnring';
import { harvestInOrder } from './harvest.mjs';

export default vm({
  name: 'gives-back-first',
  scenario: 'overtaken',
  harvest: harvestInOrder((read, giveBack) => {
    giveBack();
    read();
  }),
});
