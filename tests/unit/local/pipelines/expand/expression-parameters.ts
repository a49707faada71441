/** A pipeline with parameters of every kind, up to the expression under test: the value of variable `V` of its one step. */
export const PARAMETERS = `parameters:
- name: o
  type: object
  default:
    text: abc
    Camel: camel
    number: 5
    half: 0.5
    yes: true
    no: false
    nothing:
    quoted: '5'
    'dotted.name': dotted
    '1': one
    list: [a, B, 3]
    items:
    - {id: 7, tags: [x, y]}
    - {id: 8, tags: [z]}
    - {other: 1}
    deep: {first: {v: 1}, second: {v: 2}}
    empty: []
    none: {}
- name: same
  type: object
  default: [a, B, 3]
- name: s
  type: string
  default: Hello
- name: n
  type: number
  default: 4
- name: b
  type: boolean
  default: true
variables:
  MyVar: value
  My.Var: dotted
  empty: ''
  count: 12
steps:
- script: x
  env:
    V: `;
