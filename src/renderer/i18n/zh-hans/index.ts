import { en } from '../en/index.ts';
export const zhHans = en;
