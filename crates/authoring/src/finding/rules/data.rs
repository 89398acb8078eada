//! Rules on instruments, lists, matters and measures.

use super::clauses::{
    BOUNDS, BY_LAW, EXTENT, INVENTORY, LINKED, LISTS, MANDATORY, PERSONS, PUBLISHED, QUERIED, RANK,
    REFERENCE, TERM,
};
use super::rules;

rules! { DATA:
    NO_BASIS = Error "no-basis", Some(BY_LAW);
        "措施或其他规则没有依据", "a measure or another rule without a legal basis";
        "以`legal_basis`引用条文；没有依据的，删除该条目",
        "quote the article in `legal_basis`, or remove the item if none founds it";
    BLANK_CLAUSE = Error "blank-clause", Some(BY_LAW);
        "依据没有条文原文", "a basis without the words of its article";
        "抄录条文原文", "copy the words of the article";
    INSTRUMENT_TEXT = Error "instrument-text-missing", Some(PUBLISHED);
        "法规文本不在`texts/`中", "an instrument whose text is not in `texts/`";
        "将文本存为`texts/<id>.md`", "store its text as `texts/<id>.md`";
    UNPUBLISHED = Error "unpublished", Some(PUBLISHED);
        "没有文号，或者没有说明生效日期的出处",
        "an instrument that nothing shows to be published: no number, or no word on its first day";
        "补上文号和`remark`；未经公布的，不得作为依据",
        "add its number and `remark`; what is not published founds nothing";
    TITLE_DIFFERS = Error "title-differs", Some(PUBLISHED);
        "标题与文本开头不一致", "an instrument whose title does not stand at the head of its text";
        "照抄文本的标题，或者换上正确的文本",
        "copy the title from the text, or store the right text";
    NOT_VERBATIM = Error "not-verbatim", Some(BY_LAW);
        "引文与条文不一致", "a clause that is not verbatim in its article";
        "照抄条文，包括标点", "copy the words of the article, with its punctuation";
    WRONG_ARTICLE = Error "wrong-article", Some(BY_LAW);
        "引文在另一条中", "a clause that stands in another article than it names";
        "改正条号", "correct the number of the article";
    NO_SUCH_ARTICLE = Error "no-such-article", Some(BY_LAW);
        "文本中没有该条", "an article that the text does not have";
        "改正条号", "correct the number of the article";
    NOT_IN_FORCE = Error "basis-not-in-force", Some(BY_LAW);
        "在其所设规则有效的某些日子，依据尚未生效或已失效",
        "a basis that is not in force on some day on which what it founds is valid";
        "将有效期限于依据生效的日子，或者另引当时有效的依据",
        "keep the validity within that of the basis, or cite what was in force";
    RANK_TOO_LOW = Error "rank-too-low", Some(RANK);
        "没有足够位阶的依据", "a measure that no basis of sufficient rank founds";
        "引用版本位阶表所要求的法律或法规；没有的，改为审查类措施或删除",
        "cite an instrument of the rank that the edition asks for; failing that, make the measure an \
         examination or remove it";
    NO_RANK = Error "kind-without-rank", Some(RANK);
        "版本没有规定该类措施的位阶", "a kind of measure for which the edition has no rank";
        "在版本的`ranks`中规定该类措施", "add the kind to the `ranks` of the edition";
    TERM_TOO_LONG = Error "term-too-long", Some(TERM);
        "期限超过条文", "a term that exceeds the longest in its article";
        "将期限减至条文的最长期限", "cut the term to the longest that the article states";
    TERM_TOO_SHORT = Error "term-too-short", Some(TERM);
        "固定期限短于条文", "a fixed term that is shorter than its article";
        "按条文写明`fixed_term`", "state as `fixed_term` what the article fixes";
    TERM_TWICE = Error "term-twice", Some(TERM);
        "写明了不止一种期限", "a measure with more than one kind of term";
        "只保留条文所规定的一种：`longest_term`、`fixed_term`、`shortest_term`或者`lifelong`",
        "keep the one that the article sets: `longest_term`, `fixed_term`, `shortest_term` or \
         `lifelong`";
    TERM_MISSING = Error "term-missing", Some(TERM);
        "条文规定了限制的期限而措施没有",
        "an article that bars for a time and a measure without a term";
        "条文固定期限的写`fixed_term`，设上限的写`longest_term`",
        "state what the article fixes as `fixed_term`, a ceiling as `longest_term`";
    TERM_UNFOUNDED = Error "term-unfounded", Some(TERM);
        "条文没有期限，也没有对期限的解释",
        "a term that no clause states and no note explains";
        "引用规定期限的条文，或者以`INTERPRETATION:`说明期限从何而来",
        "quote the clause that states it, or say in an `INTERPRETATION:` note where the term comes \
         from";
    SCOPE_TOO_WIDE = Error "scope-too-wide", Some(BOUNDS);
        "措施的范围宽于条文", "a measure whose scope is wider than that of its article";
        "以`scope`或`record_matter`限定措施", "limit the measure by `scope` or `record_matter`";
    OUTSIDE_SCOPE = Error "outside-scope", Some(BOUNDS);
        "事项没有措施范围所要求的特征",
        "a matter without the trait that the scope of its measure asks for";
        "删除该事项；确有该特征的，写入其`traits`",
        "remove the matter, or add the trait to it if it has it";
    DOMAIN_NOT_NAMED = Error "domain-not-named", Some(LINKED);
        "没有条文提到该事项所属领域",
        "a matter of a domain that no clause of the measure names";
        "引用提到该领域的条文，删除该事项，或者以`INTERPRETATION:`说明",
        "quote the clause that names the domain, remove the matter, or explain it in an \
         `INTERPRETATION:` note";
    PERSON_NOT_UNSEATED = Error "person-not-unseated", Some(PERSONS);
        "因相关人员而拒绝申请，条文却没有使该人员不得任职",
        "a measure that refuses an application for a person whom its article does not unseat";
        "条文使该人员不得从事该行业的，写`unseats = true`；否则改为审查类措施",
        "write `unseats = true` if the article unseats the person for that trade, or make it an \
         examination";
    LIST_WITHOUT_EXIT = Error "list-without-exit", Some(LISTS);
        "惩戒名单没有退出规则", "a restriction list without rules on how its entries end";
        "在`rules`中写明移出、异议等规则及其依据",
        "say in `rules` how entries are removed and disputed, each with its basis";
    LIST_RULES_OVERLAP = Error "list-rules-overlap", Some(LISTS);
        "名单的两版规则在同一日有效，或者结束早于开始",
        "two versions of a list's rules that hold on one day, or one that ends before it begins";
        "使各版首尾相接", "let each version end on the day before the next begins";
    TEXT_ENDED = Error "text-ended", Some(BY_LAW);
        "所引法律文件均已失效或者将在本版终止前失效",
        "an item that cites only texts that end before the edition does";
        "加引现行文本", "cite the text that took their place beside them";
    NO_SUCCESSOR = Error "successor-unknown", Some(PUBLISHED);
        "接替的法律文件不在清单中，或者失效的法律文件没有写明接替者",
        "an ended instrument that names no successor, or one that is not known";
        "以`successor`写明接替的文件", "name in `successor` what took its place";
    TEXT_OLD = Warning "text-not-checked", Some(PUBLISHED);
        "文本在版本所定的校对日之后没有校对过",
        "a text that was not held against a copy since the day that the edition asks for";
        "校对文本，写明`checked_on`和`checked_against`",
        "hold the text against a copy, and state `checked_on` and `checked_against`";
    PERSON_WITHOUT_RULE = Error "person-without-rule", Some(PERSONS);
        "措施针对相关人员而其名单没有相应规则",
        "a measure that targets persons whom no rule of its lists reaches";
        "删除该角色；法律确有规定的，在名单中写明`persons`规则及其依据",
        "remove the role, or give the list its rule on `persons` with its basis, if a law has one";
    PERSONS_RULE = Error "persons-rule", Some(PERSONS);
        "名单的人员规则自相矛盾，或者对同一行为不止一条",
        "a rule on persons that contradicts itself, or a second one for an act";
        "每一行为只留一条规则，或者写明角色，或者只凭本人记录",
        "keep one rule for each act: with roles, or with `own_record` and no role";
    REFERENCE_RESTRICTS = Error "reference-list-restricts", Some(REFERENCE);
        "措施以参考名单为根据", "a measure that rests on a list kept for reference";
        "删除该名单；参考名单只供参考", "remove the list; it is shown and founds nothing";
    POLARITY = Error "list-polarity", Some(LISTS);
        "激励以惩戒名单为根据，或者惩戒以激励名单为根据",
        "an incentive that rests on a restriction list, or the reverse";
        "使用与措施方向一致的名单", "use a list of the polarity that the measure answers to";
    UNKNOWN_INSTRUMENT = Error "unknown-instrument", Some(BY_LAW);
        "未知的法规", "an instrument that the catalogue does not have";
        "在`instruments.toml`中登记，或者改正代码",
        "enter it into `instruments.toml`, or correct the id";
    UNKNOWN_LIST = Error "unknown-list", Some(LISTS);
        "未知的名单", "a list that the catalogue does not have";
        "在`lists/`中登记，或者改正代码", "add it to `lists/`, or correct the code";
    UNKNOWN_MATTER = Error "unknown-matter", Some(LINKED);
        "未知的事项", "a matter that the catalogue does not have";
        "在`matters/`中登记，或者改正代码", "add it to `matters/`, or correct the code";
    UNKNOWN_ACT = Error "unknown-act", Some(EXTENT);
        "未知的行为", "an act that the catalogue does not have";
        "在`acts.toml`中登记，或者改正代码", "add it to `acts.toml`, or correct the code";
    UNKNOWN_EDITION = Error "unknown-edition", Some(INVENTORY);
        "未知的版本", "an edition that the catalogue does not have";
        "改正代码或删除", "correct the id, or remove it";
    SETTING_MISSING = Error "setting-missing", Some(EXTENT);
        "措施所依的数额没有设定", "an amount that a measure turns on and no setting gives";
        "在`settings.toml`中设定`larger-fine`", "set `larger-fine` in `settings.toml`";
    NEVER_FIRES = Error "never-fires", Some(MANDATORY);
        "永远不会适用的措施", "a measure that can never apply";
        "按所示原因改正或删除该措施", "mend the cause that is named, or remove the measure";
    DEAD_MATTER = Warning "matter-never-fires", Some(QUERIED);
        "措施在其某一事项上永远不会适用",
        "a matter of a measure on which none of its lists is due for any of its roles";
        "在该事项上将名单列为应查，或者从措施中删除该事项",
        "make a list of the measure due on the matter, or remove the matter from the measure";
    CONTRADICTION = Error "contradiction", Some(BY_LAW);
        "两项措施相互矛盾", "two measures that say different things of the same record";
        "使两项措施的强制力和最长期限一致，或者分开其范围",
        "give both the same force and longest term, or part their scopes";
    NO_DUE = Error "no-due-lookups", Some(QUERIED);
        "事项没有应查名单", "a matter without due lookups";
        "以`due`写明向哪些角色查询哪些名单及其依据",
        "say in `due` whose subjects are looked up on which lists, with the basis";
    MATTER_DOMAIN = Error "matter-domain", Some(LINKED);
        "事项代码与领域不一致", "a matter whose code does not begin with its domain";
        "使代码以领域开头", "begin the code with the domain";
    RAIL = Error "rail", Some(BY_LAW);
        "违反不可关闭的规则", "what the guest's own rails forbid, should no other rule have said so";
        "按所示原因改正", "mend the cause that is named";
}
