/** The channels between window and main; nothing else crosses. Apart from api.ts, so that the preload script needs no zod. */
export const CHANNELS = {
  call: 'inspector:call',
  cancel: 'inspector:cancel',
  event: 'inspector:event',
} as const;
