import { filePlace } from './file-place.ts';
import { sessionStoreContract } from './suite.ts';

sessionStoreContract('file', filePlace);
