import { messages } from './messages.mjs';

export default messages('two', 7, 8);
