/** The text of a program for Python; bundled as it is. */
declare module '*.py' {
  const text: string;
  export default text;
}
