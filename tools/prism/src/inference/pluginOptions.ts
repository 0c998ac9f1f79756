/** Options of the plugin in nx.json. */
export interface PluginOptions {
  /** Platforms that a Containerfile is read for; those of the targets are their own option. */
  readonly platforms?: readonly string[];
  /** Goes before the project in the names of loaded images: localhost/<prefix>/<project>. */
  readonly prefix?: string;
  /** Where push-manifest pushes to: host[:port]/path; the project's name goes behind it. */
  readonly registry?: string;
  /** The build context of components that declare none, relative to the workspace; the Containerfile's directory if left out. */
  readonly context?: string;
  /** Names of stages that are variants of an image without being declared; debug and regular if left out. */
  readonly variants?: readonly string[];
}
