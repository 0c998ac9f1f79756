/** The lock beside a Containerfile; apart from its schema, so that inference loads no more than the name. */
export const imagesLockName = 'images.lock.json';
