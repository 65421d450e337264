import { messages } from './messages.mjs';

export default messages('one', 7);
