/** The source commit that this page was built from, or "unknown". */
declare const __COMMIT__: string;
