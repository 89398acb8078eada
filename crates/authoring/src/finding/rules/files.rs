//! Rules on files and on what is written in them, whatever it means.

use super::clauses::{BY_LAW, FORMAT, INVENTORY};
use super::rules;

rules! { FILES:
    EMPTY = Error "empty-catalogue", Some(INVENTORY);
        "文件夹中没有版本或没有地方采用", "a folder without an edition, or without an overlay";
        "在`editions/`和`overlays/`下各放至少一个`.toml`文件",
        "put at least one `.toml` file into `editions/` and one into `overlays/`";
    UNREADABLE = Error "file-unreadable", None;
        "文件或文件夹不能读取", "a file or folder that is missing or cannot be read";
        "确认该路径存在、是普通文件且可读",
        "see that the path exists, is a regular file or folder, and may be read";
    FOLDER_AS_FILE = Error "folder-as-file", None;
        "以`.toml`命名的文件夹", "a folder that is named like a file";
        "改名或移走该文件夹", "rename the folder or move it away";
    TOO_LARGE = Error "file-too-large", None;
        "文件超过16 MiB", "a file of more than 16 MiB";
        "按名单或事项分成较小的文件", "split it, one file for each list or group of matters";
    LINK_CYCLE = Error "link-cycle", None;
        "符号链接指回自身或其上级文件夹",
        "a symbolic link that leads back to itself or to a folder that it stands in";
        "删除该链接", "remove the link";
    ENCODING = Error "encoding", Some(FORMAT);
        "文件不是UTF-8编码", "a file that is not UTF-8";
        "以UTF-8（无BOM）另存该文件", "save the file as UTF-8 without a byte order mark";
    BYTE_ORDER_MARK = Warning "byte-order-mark", None;
        "文件以字节顺序标记开头", "a file that begins with a byte order mark";
        "以UTF-8（无BOM）另存该文件", "save the file as UTF-8 without a byte order mark";
    LINE_ENDS = Error "line-ends", None;
        "行以单独的回车符结尾", "lines that end with a carriage return alone";
        "以换行符（LF）作为行尾另存该文件", "save the file with line feeds at the ends of lines";
    SYNTAX = Error "syntax", None;
        "不是TOML", "what is no TOML";
        "按所示位置改正TOML语法", "correct the TOML at this place";
    UNKNOWN_KEY = Error "unknown-key", None;
        "格式中没有的键", "a key that the format does not have";
        "改正键名或删除该键", "correct the key or remove it";
    MISSING_KEY = Error "missing-key", None;
        "缺少必需的键", "a required key that is missing";
        "补上该键", "add the key";
    WRONG_TYPE = Error "wrong-type", None;
        "值的类型不符", "a value of another type than its key has";
        "按格式改正该值", "write a value of the type that the format asks for";
    UNKNOWN_VALUE = Error "unknown-value", None;
        "不在封闭词表内的角色、种类、处罚等",
        "a role, kind, penalty or other word that its closed vocabulary does not have";
        "使用词表中的词", "use a word of the vocabulary";
    UNREAD_FILE = Warning "unread-file", None;
        "不会被读取的文件", "a file that nobody reads";
        "改正文件名或位置，或者删除该文件", "correct its name or its folder, or remove it";
    ID_DIFFERS = Error "id-differs", None;
        "文件名与文件内的代码不一致",
        "an edition or overlay whose file has another name than its `id`";
        "使文件名与`id`一致", "give the file the name of the `id`";
    DUPLICATE = Error "duplicate", None;
        "代码重复", "a code that stands twice";
        "删除其中之一或另取代码", "remove one of the two, or give it a code of its own";
    REPEATED = Warning "repeated-element", None;
        "同一数组中重复的元素", "an element that stands twice in one array";
        "删除重复的元素", "remove the second";
    NAMES_ITSELF = Error "names-itself", None;
        "引用自身的条目", "an item that refers to itself";
        "删除对自身的引用", "remove the reference";
    TOO_MANY = Error "too-many", None;
        "某类条目过多，索引容纳不下", "more items of a kind than the guest can index";
        "分成几个目录", "split the catalogue";
    TEXT_MISSING = Error "text-missing", None;
        "中文或英文文本空白或不是该语言",
        "a Chinese or English text that is blank or not in its language";
        "补上中文（权威）和英文（自拟）文本",
        "write both: Chinese, which is authoritative, and English in your own words";
    NOTE_PREFIX = Error "note-prefix", Some(BY_LAW);
        "注释未以`INTERPRETATION:`或`NOT MODELLED:`开头",
        "a note that begins with neither `INTERPRETATION:` nor `NOT MODELLED:`";
        "说明它是解释还是留给办案人员的事项",
        "say whether it is a reading or something left to the officer";
    EMPTY_VALIDITY = Error "empty-validity", None;
        "有效期在开始前结束", "a validity that ends before it begins";
        "改正起止日期", "correct the first or the last day";
    VALIDITY_GAP = Warning "validity-gap", None;
        "前后相继的有效期之间有空档", "days between two validities that follow each other";
        "使后一项自前一项结束的次日起有效",
        "let the later begin on the day after the earlier ends";
    VALIDITY_OVERLAP = Error "validity-overlap", None;
        "同一事物的两个有效期重叠", "two validities of the same thing that overlap";
        "使前一项在后一项开始前结束", "let the earlier end before the later begins";
    CALENDAR_DAY = Error "calendar-day", None;
        "日历中的日期不属于该年，或者既放假又上班",
        "a day of the calendar outside its year, or both off and worked";
        "按国务院办公厅的通知改正", "correct it after the notice of the State Council's office";
}
