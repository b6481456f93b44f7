/** A graph as Mermaid and Graphviz both can draw it. */
export interface Drawing {
  isDirected: boolean;
  nodes: DrawnNode[];
  /** Boxes around nodes that name them as their `group`. */
  groups: { id: string; label: string }[];
  edges: DrawnEdge[];
  /** What the drawing leaves out; empty for nothing. */
  note: string;
}

export interface DrawnNode {
  id: string;
  /** Lines of text. */
  label: string[];
  shape: 'box' | 'round';
  group?: string;
}

export interface DrawnEdge {
  from: string;
  to: string;
  label: string;
  style: 'solid' | 'bold' | 'dotted';
}

const lines: Record<DrawnEdge['style'], string> = { solid: '---', bold: '===', dotted: '-.-' };
const arrows: Record<DrawnEdge['style'], string> = { solid: '-->', bold: '==>', dotted: '-.->' };

/** As a Mermaid flowchart. */
export function mermaidOf({ isDirected, nodes, groups, edges, note }: Drawing): string {
  const ids = new Map(nodes.map(({ id }, index) => [id, `h${index}`]));
  // Mermaid takes letters, digits and underscores for the names of nodes.
  const idOf = (id: string) => ids.get(id) ?? `x_${id.replaceAll(/[^a-z0-9]/g, '_')}`;
  const node = ({ id, label, shape }: DrawnNode) => {
    const text = `"${label.join('<br/>')}"`;
    return `${idOf(id)}${shape === 'box' ? `[${text}]` : `(${text})`}`;
  };
  const boxes = groups.flatMap(({ id, label }, index) => [
    `  subgraph g${index}["${label}"]`,
    ...nodes.filter(({ group }) => group === id).map((each) => `    ${node(each)}`),
    '  end',
  ]);
  const strokes = isDirected ? arrows : lines;
  const drawn = edges.map(({ from, to, label, style }) => `  ${idOf(from)} ${strokes[style]}|${label}| ${idOf(to)}`);
  const free = nodes.filter(({ group }) => group === undefined).map((each) => `  ${node(each)}`);
  return ['graph LR', ...comment('%%', note), ...boxes, ...free, ...drawn, ''].join('\n');
}

/** For Graphviz. */
export function dotOf({ isDirected, nodes, groups, edges, note }: Drawing): string {
  const node = ({ id, label, shape }: DrawnNode) => {
    return `"${id}" [label="${label.join('\\n')}"${shape === 'box' ? '' : ', shape=ellipse'}];`;
  };
  const boxes = groups.flatMap(({ id, label }, index) => [
    `  subgraph cluster_${index} {`,
    `    label="${label}";`,
    ...nodes.filter(({ group }) => group === id).map((each) => `    ${node(each)}`),
    '  }',
  ]);
  const free = nodes.filter(({ group }) => group === undefined).map((each) => `  ${node(each)}`);
  const drawn = edges.map(({ from, to, label, style }) => {
    return `  "${from}" ${isDirected ? '->' : '--'} "${to}" [label="${label}", style=${style}];`;
  });
  const head = `${isDirected ? 'digraph' : 'graph'} virtuoso {`;
  return [head, ...comment('  //', note), '  node [shape=box];', ...boxes, ...free, ...drawn, '}', ''].join('\n');
}

const comment = (mark: string, note: string): string[] => (note === '' ? [] : [`${mark} ${note}`]);
