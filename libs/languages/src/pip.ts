/** Variables of the caller that pip gets when it fetches: they say where packages come from, and with which credentials. */
export const pipInherits: readonly string[] = [
  'HOME',
  'NETRC',
  'PIP_CERT',
  'PIP_CLIENT_CERT',
  'PIP_CONFIG_FILE',
  'PIP_DEFAULT_TIMEOUT',
  'PIP_EXTRA_INDEX_URL',
  'PIP_FIND_LINKS',
  'PIP_INDEX_URL',
  'PIP_NO_INDEX',
  'PIP_PROXY',
  'PIP_TRUSTED_HOST',
];
