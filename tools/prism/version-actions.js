// The `versionActions` of images for `nx release`, which requires this file: the version of an image is in the tags of git only.

const { VersionActions } = require('nx/release');

module.exports = class ImageVersionActions extends VersionActions {
  /** No file of the project holds a version. */
  validManifestFilenames = null;

  /** Asked only by `--first-release`, because no tag exists yet. */
  async readCurrentVersionFromSourceManifest() {
    return { currentVersion: '0.0.0', manifestPath: 'none, because this is the first release' };
  }

  async readCurrentVersionFromRegistry() {
    return null;
  }

  /** No file names the version of an image that another one is made from; Nx's graph has the edge. */
  async readCurrentVersionOfDependency() {
    return { currentVersion: null, dependencyCollection: null };
  }

  async updateProjectDependencies() {
    return [];
  }

  async updateProjectVersion(_tree, version) {
    return [`The tag of git will say ${version}; no file does`];
  }
};
