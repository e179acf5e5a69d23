/** A picture that was taken. */
export interface Taken {
  /** Under which heading it stands. */
  group: string;
  /** What the page is called. */
  name: string;
  /** Its address. */
  path: string;
  /** In which look. */
  look: string;
  /** Its file, beside the sheet. */
  file: string;
}

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem; }
  h2 { margin: 3rem 0 1rem; border-top: 2px solid; padding-top: .5rem; }
  section { display: flex; gap: 1rem; overflow-x: auto; align-items: start; padding-bottom: 1rem; }
  h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
  h3 small { font-weight: 400; opacity: .7; }
  figure { margin: 0; flex: none; }
  img { display: block; width: 28rem; max-height: 36rem; object-fit: cover; object-position: top; border: 1px solid #8886; }
  .tablet img { width: 20rem; }
  [class^="phone"] img { width: 12rem; }
`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function grouped(taken: Taken[], key: (one: Taken) => string): Map<string, Taken[]> {
  const groups = new Map<string, Taken[]>();
  for (const one of taken) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** One page that shows every picture, page by page under its heading, each leading to its file. */
export function sheet(taken: Taken[]): string {
  const groups = grouped(taken, ({ group }) => group);
  const body = [...groups].map(([group, pictures]) => {
    const pages = [...grouped(pictures, ({ name }) => name)].map(([name, of]) => {
      const figures = of.map(
        ({ file, look }) =>
          `<figure class="${look}"><a href="${file}"><img src="${file}" alt="${escaped(`${name}, ${look}`)}" loading="lazy"></a><figcaption>${look}</figcaption></figure>`,
      );
      return `<h3>${name} <small>${escaped(of[0]?.path ?? "")}</small></h3><section>${figures.join("")}</section>`;
    });
    return `<h2>${escaped(group)}</h2>${pages.join("\n")}`;
  });
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Every page</title><style>${STYLE}</style></head><body><h1>Every page</h1>${body.join("\n")}</body></html>\n`;
}
