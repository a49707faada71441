/** A file as one inclusion of it: the same template included twice makes two frames. */
export interface Frame {
  /** Path as shown in errors: from the root of its repository, with `@alias` when that is not the pipeline's own. */
  readonly file: string;
  /** Alias of the repository resource; `self` is the pipeline's own. */
  readonly repository: string;
  /** Path from the root of the repository, beginning with `/`. */
  readonly path: string;
  readonly includedFrom?: Place;
  /** Number of inclusions above this one. */
  readonly level: number;
}

/** Where a node stands; line and column count from 1. */
export interface Place {
  readonly frame: Frame;
  readonly line: number;
  readonly column: number;
}

/** `pipelines/build.yml:4:9`, as editors and terminals read it. */
export function describePlace({ frame, line, column }: Place): string {
  return `${frame.file}:${line}:${column}`;
}

/** Every place on the way to this one, the innermost first. */
export function chainOf(place: Place): readonly string[] {
  const chain = [describePlace(place)];
  for (let at = place.frame.includedFrom; at !== undefined; at = at.frame.includedFrom) {
    chain.push(describePlace(at));
  }
  return chain;
}
