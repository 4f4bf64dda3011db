/** A Django release as "major.minor" (more parts are ignored), as a profile's DJANGO_VERSION says it. */
export type DjangoVersion = string;

/** True where `version` is `major.minor` or later. */
export function atLeast(version: DjangoVersion, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.', 2).map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The digest that django.core.signing and the auth hash use when they write: SHA-1 until 3.0, SHA-256 since 3.1. */
export function signingAlgorithm(version: DjangoVersion): 'sha1' | 'sha256' {
  return atLeast(version, 3, 1) ? 'sha256' : 'sha1';
}

/** 3.1 and 3.2 read what SHA-1 signed as well; 4.0 and later do not. */
export function readsSha1(version: DjangoVersion): boolean {
  return !atLeast(version, 4, 0);
}

/** SECRET_KEY_FALLBACKS exists since 4.1. */
export function readsFallbacks(version: DjangoVersion): boolean {
  return atLeast(version, 4, 1);
}

/** PickleSerializer for sessions was removed in 5.0. */
export function hasPickleSerializer(version: DjangoVersion): boolean {
  return !atLeast(version, 5, 0);
}
