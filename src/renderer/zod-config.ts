import { z } from 'zod';

// The page's policy allows no eval, which zod would otherwise probe for when the first object schema is made. Imported
// before anything that makes a schema.
z.config({ jitless: true });
