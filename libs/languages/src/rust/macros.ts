import type { Lock } from './lockFile';

/**
 * A macro among the locked packages that is not known to read only its arguments. It may read any file of the crate
 * that uses it, and above. A lock does not mark macros, but nearly all depend on syn, quote or proc-macro2. A library
 * that depends on these without being a macro makes the key wider than needed.
 *
 * @param needed packages that the compiled crates name
 */
export function findReader(needed: readonly string[], lock: Lock): string | undefined {
  const reached = new Set(needed);
  for (const name of reached) {
    if (pure.has(name)) continue;
    const dependencies = lock[name] ?? [];
    if (dependencies.some((one) => tools.has(one)) || readers.test(name)) return name;
    for (const one of dependencies) reached.add(one);
  }
  return undefined;
}

/** Whether a package is known to read only its arguments. */
export function isPure(name: string): boolean {
  return pure.has(name);
}

const tools = new Set(['syn', 'quote', 'proc-macro2', 'proc-macro-crate', 'darling']);
/** Names of macros that do not use the usual libraries. */
const readers = /[-_](?:macros?|derive|codegen|impl)$/;

/** Macros, and libraries of macros, that read only their arguments; and their dependencies. */
const pure = new Set(
  `ahash async-recursion async-stream async-stream-impl async-trait auto_impl bon bon-macros bytecheck_derive
  bytemuck_derive clap_derive clap_builder cfg_aliases const-random const-random-macro const_format_proc_macros ctor
  curve25519-dalek-derive darling darling_core darling_macro data-encoding-macro data-encoding-macro-internal
  derivative derive-new derive_arbitrary derive_builder derive_builder_core derive_builder_macro derive_more
  derive_more-impl derive_setters displaydoc educe enum-as-inner enum-iterator-derive enum_dispatch
  enum-map-derive enumflags2_derive enum-ordinalize enum-ordinalize-derive foreign-types-macros futures-macro getset
  heck idna_adapter impl-more indoc inventory jni-macros jni-sys-macros jsonrpsee-proc-macros lazy_static maplit match_cfg miette-derive
  mockall_derive monostate-impl num-derive num_enum_derive num_enum ouroboros_macro openssl-macros paste
  phf_macros phf_generator pin-project pin-project-internal prettyplease proc-macro-error proc-macro-error-attr
  proc-macro-error2 proc-macro-error-attr2 proc-macro2 prost-derive quote rkyv_derive rstest_macros rustversion
  schemars_derive scroll_derive seahash serde_derive serde_derive_internals serde_repr serde_with_macros
  serial_test_derive signal-hook-registry smart-default snafu-derive static_assertions strum_macros syn synstructure
  thiserror-impl time-macros tokio-macros tracing-attributes typed-builder-macro typeid typenum unicode-ident
  utoipa-gen valuable-derive variant_count wasm-bindgen-macro wasm-bindgen-macro-support wasm-bindgen-backend
  wasm-bindgen-shared windows-implement windows-interface yoke-derive zerocopy-derive zerofrom-derive
  zeroize_derive zerovec-derive zvariant_derive axum-macros actix-macros actix-web-codegen poem-derive
  async-graphql-derive tonic-build tonic-prost-build prost-build`
    .split(/\s+/)
    .filter(Boolean),
);
