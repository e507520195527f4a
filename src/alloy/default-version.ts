/** The Alloy that is meant where nothing says which: the one whose behaviour was recorded in test/oracle. */
export const ALLOY_VERSION = "1.18.1";
