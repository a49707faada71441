/** What is pasted into scripts of a pipeline or template. */
export function pastedIntoScripts(text: string): { readonly line: number; readonly pasted: string }[];
