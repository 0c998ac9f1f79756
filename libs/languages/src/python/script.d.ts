/** The text of a Python program; bundled unchanged. */
declare module '*.py' {
  const text: string;
  export default text;
}
