//! Rules on what a place adopts and adds.

use super::clauses::{
    BOUNDS, DEPARTMENTS, DISCLOSURE, EXTENT, INVENTORY, MANDATORY, OBJECTION, RANK, RECOMMENDED,
};
use super::rules;

rules! { PLACE:
    OVERLAY_EDITION = Error "overlay-edition", Some(INVENTORY);
        "地方采用不适用于该版本", "an overlay that does not go with the edition";
        "使用该地方采用所列的版本", "use an edition that the overlay names";
    UNKNOWN_MEASURE = Error "unknown-measure", Some(INVENTORY);
        "地方采用提到未知的措施",
        "a measure that an overlay names and that neither it nor the edition has";
        "改正代码或删除", "correct the id, or remove it";
    NOT_RECOMMENDED = Error "adopts-not-recommended", Some(RECOMMENDED);
        "采用并非推荐性的措施", "the adoption of a measure that is not a recommended one";
        "强制性措施无需采用，删除即可",
        "remove it: a mandatory measure applies without being adopted";
    WIDENS = Error "overlay-widens", Some(RECOMMENDED);
        "地方扩大了推荐性措施", "a recommended measure that an overlay widens";
        "按版本原样采用；更严的，须另有依据",
        "adopt it as the edition has it; what goes further needs a basis of its own";
    DROPS = Error "mandatory-dropped", Some(MANDATORY);
        "地方替换了强制性措施",
        "a mandatory measure that an overlay drops by putting another in its place";
        "给地方措施另取代码；强制性措施不得取消",
        "give the local measure an id of its own; a mandatory measure stays";
    LOCAL_BASIS = Error "local-basis", Some(EXTENT);
        "地方措施没有本地的依据", "a local measure without a basis of its place";
        "引用本地法规；依据全国性规定的，移入版本",
        "cite the regulation of the place, or move the measure to the edition if national law \
         founds it";
    ELSEWHERE = Error "basis-elsewhere", Some(BOUNDS);
        "法规在地方采用所及之处不适用", "an instrument that does not hold where the overlay does";
        "使`regions`在法规适用的区域之内",
        "keep the overlay's `regions` within the region of the instrument";
    REGION = Error "region-code", None;
        "不是行政区划代码", "what is no division code of two, four or six digits";
        "使用GB/T 2260代码的前两位、四位或六位",
        "use the first two, four or six digits of the code of GB/T 2260";
    LOCAL_RANK = Error "local-rank", Some(RANK);
        "地方法规不能设定该措施", "a local measure that no local regulation may found";
        "引用法律或行政法规，或者限于版本`local_ranks`所列种类和事项",
        "cite a law or an administrative regulation, or keep to the kinds and matters of the \
         edition's `local_ranks`";
    OVERLAY_OBJECTION = Error "overlay-objection", Some(OBJECTION);
        "异议处理期限自相矛盾", "terms for handling an objection that contradict each other";
        "使一般期限不超过最长期限；写明标注期限的，应当标注",
        "let the ordinary term not exceed the longest, and annotate where a day for it is set";
    OVERLAY_CLOSING = Error "overlay-closing", Some(EXTENT);
        "按事项关闭承诺而未列事项，或者相反",
        "a closing by matter that names none, or by record that names some";
        "列出事项或特征，或者改为`serious-record`",
        "name matters or traits, or close by `serious-record`";
    OVERLAY_DISCLOSURE = Error "overlay-disclosure", Some(DISCLOSURE);
        "披露期限为零，或者不是惩戒名单",
        "an end of disclosure after no time, or of a list that restricts nothing";
        "只对惩戒名单规定一年以上的披露期限",
        "end disclosure for restriction lists only, after a year or more";
    DEPARTMENT_TWICE = Error "department-twice", Some(DEPARTMENTS);
        "同一名单或措施有两个部门", "two departments for one list or one measure";
        "只留一个部门", "keep one department";
}
