/** Every rule that documents can break. Identifiers are stable: a rule that goes leaves its number unused. */
export const rules = {
  VIRT1001: {
    title: 'The file is not YAML',
    remedy: 'Correct the syntax here; an editor with YAML support shows the structure it sees.',
  },
  VIRT1002: { title: 'A tab indents the line', remedy: 'Replace the tab with spaces.' },
  VIRT1003: { title: 'A key is there twice', remedy: 'Remove one of the two, or merge them.' },
  VIRT1004: { title: 'A quote or bracket is not closed', remedy: 'Close it, or remove the one that opens here.' },
  VIRT1005: {
    title: 'The indentation fits no level',
    remedy: 'Indent the line like its neighbours of the same level.',
  },
  VIRT1006: {
    title: 'The file is too large',
    remedy: 'Split it into files of at most 1 MiB, or move what is no document out of the document folders.',
  },
  VIRT1007: { title: 'The file is not UTF-8', remedy: 'Save the file in UTF-8.' },
  VIRT1008: { title: 'A control character is in the file', remedy: 'Remove the character.' },
  VIRT1009: { title: 'Not a regular file', remedy: 'Put the file itself here; links and submodules are not followed.' },
  VIRT1010: { title: 'Nested too deep', remedy: 'Remove levels: no document needs more than 32.' },
  VIRT1011: { title: 'Aliases expand to too much', remedy: 'Write the values out instead of nesting aliases.' },
  VIRT1012: {
    title: 'An alias without an anchor',
    remedy: 'Set the anchor (`&name`) above, in the same document, or quote the text if it is no alias.',
  },
  VIRT1013: { title: 'A tag', remedy: 'Remove the tag; quote the value if it is text that starts with `!`.' },
  VIRT1014: { title: 'Too many documents in a file', remedy: 'Split the file: it may hold 1000 documents.' },
  VIRT1015: { title: 'Too many mistakes in a file', remedy: 'Correct those that are listed, then validate again.' },
  VIRT2001: {
    title: 'Not a document',
    remedy: 'Begin with `apiVersion`, `kind`, `metadata` and `spec`, one a line, each followed by a colon.',
  },
  VIRT2002: { title: 'Unknown apiVersion', remedy: 'Write `apiVersion: virtuoso.dev/v1alpha1`.' },
  VIRT2003: { title: 'Unknown kind', remedy: 'Write one of the kinds that the reference lists.' },
  VIRT2004: { title: 'Unknown field', remedy: 'Remove the field, or correct its name.' },
  VIRT2005: { title: 'Missing field', remedy: 'Add the field.' },
  VIRT2006: { title: 'Wrong type', remedy: 'Write a value of the type that the reference states.' },
  VIRT2007: { title: 'Wrong form', remedy: 'Write the value in the form that the reference states.' },
  VIRT2008: { title: 'Not one of the allowed values', remedy: 'Write one of the allowed values.' },
  VIRT2009: { title: 'Out of range', remedy: 'Write a value within the range.' },
  VIRT2010: { title: 'Too many or too few', remedy: 'Add or remove entries.' },
  VIRT2011: { title: 'An entry is there twice', remedy: 'Remove one of the two.' },
  VIRT3001: { title: 'Two documents of one kind have the same name', remedy: 'Rename one of the two.' },
  VIRT3002: { title: 'Two VMs have the same name', remedy: 'Rename one of the two.' },
  VIRT3003: { title: 'Two VMs have the same Ethernet address', remedy: 'Change or remove one of the two.' },
  VIRT3004: { title: 'Two VMs of a network have the same IP address', remedy: 'Change one of the two.' },
  VIRT3005: { title: 'Two virtual networks have the same identifier', remedy: 'Give one of the two another `vni`.' },
  VIRT3006: { title: 'Nothing has this name', remedy: 'Correct the name, or add the document it means.' },
  VIRT3007: { title: 'At most one in a repository', remedy: 'Keep one of the documents and remove the others.' },
  VIRT3008: { title: 'Two interfaces of a Network have the same address', remedy: 'Change one of the two.' },
  VIRT3009: { title: 'Two interfaces of a host have the same name', remedy: 'Rename one of the two.' },
  VIRT3010: { title: 'A path is described twice', remedy: 'Keep one of the two entries.' },
  VIRT3011: {
    title: 'A host cannot reach a Proxy',
    remedy: 'Give both an interface on one Network, and that Network an entry for their sites.',
  },
  VIRT3012: {
    title: 'An Ethernet address that no interface can have',
    remedy: 'Choose one whose second digit is even, for example `02:56:00:00:00:01`.',
  },
  VIRT3013: { title: 'An address that no host can have', remedy: 'Choose an address of a single host.' },
  VIRT3014: {
    title: 'A host outside the sites of the placement',
    remedy: 'Name a host of one of these sites, or add its site.',
  },
  VIRT3015: { title: 'A demand of a VM to itself', remedy: 'Name two different VMs, or remove the demand.' },
  VIRT3016: { title: 'Two VMs get the same made address', remedy: 'State `mac` for one of the two.' },
  VIRT3017: { title: 'A demand between two virtual networks', remedy: 'Name two VMs of one network.' },
  VIRT3018: {
    title: 'A demand is declared twice',
    remedy: 'Keep one of the two, with the rate of both if they add up.',
  },
  VIRT3019: {
    title: 'A site that is no end of the path listens',
    remedy: 'Name one of the sites of this entry, or leave `listen` out.',
  },
  VIRT3020: { title: 'A setting that the type of link does not have', remedy: 'Remove it, or write another type.' },
  VIRT3021: {
    title: 'No STUN server',
    remedy: 'Add `stun` with the address and port of one that both hosts reach, for example `192.0.2.1:3478`.',
  },
  VIRT3022: {
    title: 'A link through the SSH server of a host without `ssh`',
    remedy: 'Add `ssh` with the login name and the public key of its server, or let the other site `listen`.',
  },
  VIRT3023: {
    title: 'A link with pinned keys to a host without `agentKey`',
    remedy: 'Add `agentKey`; `virtuoso agent key` prints it on the host.',
  },
  VIRT3024: {
    title: 'A LAN on an underlay interface',
    remedy: 'Name a device of the Proxy that is on the LAN and that is none of its `interfaces`.',
  },
  VIRT3025: {
    title: 'Two virtual networks on one LAN device',
    remedy: 'Give one of the two another device, for example a VLAN of the same one.',
  },
  VIRT3030: {
    title: 'Not a way to suspend',
    remedy: 'Write `disabled`, or remove the annotation to have the object reconciled.',
  },
  VIRT3031: {
    title: 'Suspended, and nothing to suspend',
    remedy: 'Remove the annotation, or set it on the object that is to be left as it is.',
  },
  VIRT3032: { title: 'A machine with nothing to boot', remedy: 'Give it `boot`, a disk with an image, or a CD.' },
  VIRT3033: { title: 'A disk of no size', remedy: 'Give it an `image`, a `size`, or both.' },
  VIRT3034: {
    title: 'A driver and a machine that do not go together',
    remedy: 'Write `driver: qemu` and `machine`, or neither.',
  },
  VIRT4001: { title: 'No host can hold the VM', remedy: 'Ask for less, or add a host that has as much.' },
  VIRT4002: { title: 'Zero', remedy: 'Write a quantity above zero, or leave the field out.' },
  VIRT4003: {
    title: 'Not a cron expression',
    remedy: 'Write five or six fields, for example `0 3 * * 1-5` for 3:00 on weekdays.',
  },
  VIRT4004: {
    title: 'Unknown time zone',
    remedy: 'Write a name of the IANA time zone database, for example `Europe/Zurich`.',
  },
  VIRT4005: { title: 'More VMs are pinned to a host than it can hold', remedy: 'Unpin some, or give the host more.' },
  VIRT4006: {
    title: 'The smoothing interval is shorter than the sampling interval',
    remedy: 'Make it at least as long; several times as long smooths.',
  },
  VIRT4007: { title: 'A time out of range', remedy: 'Write a time within the range.' },
  VIRT4008: { title: 'A slice stated twice', remedy: 'Write `slice` or `utilisation`, not both.' },
  VIRT4009: { title: 'A slice longer than its period', remedy: 'Shorten the slice, or lengthen the period.' },
  VIRT4010: {
    title: 'More compute than threads to use it',
    remedy: 'Write `gang` with as many threads as it takes, or state `slice` or `utilisation`.',
  },
  VIRT4011: {
    title: 'No host can keep the schedule',
    remedy: 'Ask for a smaller share or a smaller gang, or give a host more processors.',
  },
  VIRT4012: {
    title: 'Bounds that exclude the schedule',
    remedy: 'Widen the bounds, or state a schedule within them.',
  },
  VIRT4013: { title: 'Bounds that exclude everything', remedy: 'Write a `least` that is no more than `most`.' },
  VIRT4014: { title: 'A freeze that is no time', remedy: 'Write two times that there are, the earlier one as `from`.' },
  VIRT5001: {
    title: 'Not an expression',
    remedy: 'Correct it here; `docs/objectives.md` shows how expressions are written.',
  },
  VIRT5002: {
    title: 'An expression is too long or nested too deep',
    remedy: 'Shorten it: 1000 characters and 32 levels are allowed. Tie-breaks may take over a part.',
  },
  VIRT5003: { title: 'Nothing in expressions has this name', remedy: 'Correct the name.' },
  VIRT5004: { title: 'Units do not fit', remedy: 'Add and compare values of one unit only.' },
  VIRT5005: {
    title: 'A division by what can be 0',
    remedy: 'Divide by something that is always above 0, or always below.',
  },
  VIRT5006: {
    title: 'Levels do not fit',
    remedy:
      'Aggregate values of edges, paths, hosts or VMs with a function, for example `sum(...)`, until both have one level.',
  },
  VIRT5007: { title: 'A value that numbers cannot hold', remedy: 'Write smaller factors, or larger divisors.' },
  VIRT5008: {
    title: 'A wrong number of arguments',
    remedy: 'Write as many as the function takes, with commas between.',
  },
  VIRT5009: {
    title: 'An objective that nothing changes',
    remedy: 'Name a term that depends on where VMs run or which paths demands take.',
  },
  VIRT5010: { title: 'A product of what is no share', remedy: 'Divide it by the most that it can be.' },
  VIRT6001: { title: 'Two things of one kind have the same name', remedy: 'Rename one of the two.' },
  VIRT6002: { title: 'Nothing in the problem has this name', remedy: 'Correct the name, or add what it means.' },
  VIRT6003: { title: 'A demand of a VM to itself', remedy: 'Name two different VMs, or remove the demand.' },
  VIRT6004: {
    title: 'A link is there twice',
    remedy: 'Keep one of the two, with the capacity of both if they add up.',
  },
  VIRT6005: {
    title: 'A link from a host to itself',
    remedy: 'Remove it: `internalMbps` of the host says what VMs on it can exchange.',
  },
  VIRT6006: {
    title: 'A link without capacity',
    remedy: 'Add `capacityMbps`, or `through` with the shared bottlenecks on its way.',
  },
  VIRT6007: {
    title: 'Zones do not fit the levels',
    remedy: 'Give every host one zone for each level of the network, from the smallest outwards.',
  },
  VIRT6008: {
    title: 'The matrix does not fit the hosts',
    remedy: 'Write a row for each host, and in it a number for each host.',
  },
  VIRT6009: {
    title: 'Something that this network does not have',
    remedy: 'Remove it, or describe the network by its links.',
  },
  VIRT6010: { title: 'An objective is missing', remedy: 'Add `objective`: there are no capacities to leave room on.' },
  VIRT6011: {
    title: 'A problem that is too large',
    remedy: 'Leave out what does not matter, or describe the network by zones.',
  },
  VIRT6012: {
    title: 'Links beside the star, without a star',
    remedy: 'Add `star` to the network: the host whose links are always there.',
  },
  VIRT7001: {
    title: 'Not an expression in CEL',
    remedy: 'Correct it here; `docs/how-to/write-policy.md` shows how rules are written.',
  },
  VIRT7002: {
    title: 'Nothing in expressions of rules has this name',
    remedy: 'Correct the name; `docs/how-to/write-policy.md` lists what there is.',
  },
  VIRT7003: { title: 'Types in an expression do not fit', remedy: 'Convert one of the two, or compare another value.' },
  VIRT7004: { title: 'A field that no such document has', remedy: 'Correct the name of the field.' },
  VIRT7005: {
    title: 'A pattern that is not taken',
    remedy: 'Write a pattern of RE2 with at most 256 characters; it has no look-around and no back-references.',
  },
  VIRT7006: { title: 'Not a time', remedy: 'Write a date that exists, for example `2027-01-31T00:00:00Z`.' },
  VIRT7007: {
    title: 'An exemption of what the rule does not judge',
    remedy: 'Name a document of a kind in `match`, as `VMSet/web`; of a rule for plans write `Plan`.',
  },
  VIRT7008: {
    title: 'A test that does not fit its rule',
    remedy: 'Write `document` with a kind in `match`; of a rule for plans write `plan`.',
  },
  VIRT7009: {
    title: 'An expression of a rule is nested too deep',
    remedy: 'Shorten it, or make several validations of it: 32 levels and 2000 parts are allowed.',
  },
  VIRT7010: {
    title: 'An exemption has expired',
    remedy: 'Remove it; where it is still needed, give it a later time in a commit of its own.',
  },
  VIRT7011: { title: 'Denied by a rule', remedy: 'Change it as the rule says, or add an exemption to the rule.' },
  VIRT7012: { title: 'A rule warns', remedy: 'Change it as the rule says, or add an exemption to the rule.' },
  VIRT7013: { title: 'A rule that audits is not kept', remedy: 'Nothing has to be done.' },
  VIRT7014: {
    title: 'A rule could not be evaluated',
    remedy: 'Correct the expression, and add a test of this case to the rule.',
  },
  VIRT7015: {
    title: 'An approval that does not say what it approves',
    remedy: 'Write `plan` and `until`, or `remove` alone.',
  },
  VIRT7016: {
    title: 'An approved removal of a VM that is wanted',
    remedy: 'Remove the approval, or take the VM out of its VMSet.',
  },
  VIRT8101: {
    title: 'A policy of links that does not say between which sites',
    remedy: 'Write `between` with two ends, or `within` with one; `{}` is any site.',
  },
  VIRT8102: {
    title: 'A type of link that is permitted and not permitted',
    remedy: 'Name it in one of the two lists only.',
  },
  VIRT8103: {
    title: 'A policy that leaves no type of link',
    remedy: 'Allow one more type, or write `links: forbidden` if there shall be none.',
  },
  VIRT8104: {
    title: 'Two policies of links contradict each other',
    remedy: 'Give the one that shall decide a larger `priority`, or name sites in it.',
  },
  VIRT8105: {
    title: 'No site has these labels',
    remedy: 'Correct the labels, or add them to the `metadata` of a Site: until then the policy says nothing.',
  },
  VIRT8106: {
    title: 'No policy permits the link of a path',
    remedy: 'Write a type that the policy permits, or leave `link` out and let the policy choose.',
  },
} as const satisfies Record<string, { title: string; remedy: string }>;

export type RuleId = keyof typeof rules;

/** A rule by its identifier: diagnostics are made from this list alone. */
export function ruleOf(id: string): { title: string; remedy: string } {
  const rule = (rules as Record<string, { title: string; remedy: string }>)[id];
  if (!rule) throw new Error(`no rule ${id}`);
  return rule;
}
