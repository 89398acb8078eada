//! Reasons for which a registry's answer cannot be evaluated.

use crate::date::Date;
use crate::identifier::IdentifierFault;
use crate::worded::{GivenDay, Quoted};
use crate::{EventKind, worded};

worded! {
    /// Reason why a registry's answer cannot be evaluated.
    pub enum AnswerFault {
        /// The list was not asked for.
        NotAsked {
            /// The list.
            list: Quoted,
            /// Position of the query, from 0.
            query: u32,
        } => "第{query}项查询（自0起）没有查询名单“{list}”"
            / "list `{list}` of query {query} was not asked",
        /// A list has no answer.
        Missing {
            /// The list.
            list: Quoted,
            /// Position of the query, from 0.
            query: u32,
        } => "第{query}项查询（自0起）的名单“{list}”没有查询结果"
            / "list `{list}` of query {query} has no answer",
        /// A record is in one answer twice.
        RecordTwice {
            /// The record's id.
            id: Quoted,
        } => "记录“{id}”出现了两次" / "record `{id}` stands twice",
        /// Two records that differ have one id.
        SameId {
            /// The records' id.
            id: Quoted,
        } => "两条不同的记录使用同一编号“{id}”" / "two different records have the id `{id}`",
        /// An answer names no source.
        NoSource => "查询结果为已答复，但未列明数据源" / "status `answered` comes without a source",
        /// Records name no source.
        RecordsWithoutSource => "有记录但未列明数据源" / "records come without a source",
        /// The source's as-of does not exist.
        SourceDay {
            /// The source.
            source: Quoted,
        } => "数据源“{source}”的基准时间不存在"
            / "source `{source}` has an as-of that does not exist",
        /// A record cannot be judged.
        Record {
            /// The fault.
            fault: RecordFault,
        } => "{fault}" / "{fault}",
        /// The rules or the writer refuse the answer.
        Refused {
            /// Their words, in English.
            detail: Quoted,
        } => "规则或者文书程序不接受（{detail}）" / "{detail}",
    }
}

worded! {
    /// Reason why a record cannot be judged.
    pub enum RecordFault {
        /// The record is on another list.
        OtherList {
            /// The record's id.
            id: Quoted,
            /// The list that it is on.
            list: Quoted,
            /// The list that was asked.
            asked: Quoted,
        } => "记录“{id}”属于名单“{list}”，不属于“{asked}”"
            / "record `{id}` is on list `{list}`, not `{asked}`",
        /// The record is of another source.
        OtherSource {
            /// The record's id.
            id: Quoted,
            /// The source that it names.
            source: Quoted,
        } => "记录“{id}”来自数据源“{source}”" / "record `{id}` is of source `{source}`",
        /// The record is about somebody else.
        OtherSubject {
            /// The record's id.
            id: Quoted,
        } => "记录“{id}”没有列明所查主体"
            / "record `{id}` does not name the subject that was asked about",
        /// An identifier in the record is not accepted.
        Identifier {
            /// The record's id.
            id: Quoted,
            /// The fault.
            fault: IdentifierFault,
        } => "记录“{id}”：{fault}" / "record `{id}`: {fault}",
        /// Nobody knows the act.
        Act {
            /// The record's id.
            id: Quoted,
            /// The act.
            act: Quoted,
        } => "记录“{id}”列明的行为“{act}”无法识别" / "record `{id}` names the unknown act `{act}`",
        /// The act is not one of the list's.
        OtherAct {
            /// The record's id.
            id: Quoted,
            /// The act.
            act: Quoted,
            /// The list.
            list: Quoted,
        } => "记录“{id}”列明的行为“{act}”不属于名单“{list}”"
            / "record `{id}` names act `{act}`, which list `{list}` does not hold",
        /// Nobody knows the matter.
        Matter {
            /// The record's id.
            id: Quoted,
            /// The matter.
            matter: Quoted,
        } => "记录“{id}”列明的事项“{matter}”无法识别"
            / "record `{id}` names the unknown matter `{matter}`",
        /// A day does not exist.
        NoSuchDay {
            /// The record's id.
            id: Quoted,
            /// The day.
            day: GivenDay,
        } => "记录“{id}”有不存在的日期“{day}”"
            / "record `{id}` has a day that does not exist: `{day}`",
        /// The record ends before it begins.
        Ends {
            /// The record's id.
            id: Quoted,
            /// Its last day.
            last: Date,
            /// Its first day.
            first: Date,
        } => "记录“{id}”的终止日{last}早于起始日{first}"
            / "record `{id}` ends on `{last}`, before it begins on `{first}`",
        /// An event comes before the record begins.
        EarlyEvent {
            /// The record's id.
            id: Quoted,
            /// The event.
            event: EventKind,
            /// Its day.
            on: Date,
            /// The record's first day.
            first: Date,
        } => "记录“{id}”的事件“{event}”（{on}）早于起始日{first}"
            / "record `{id}` has event `{event}` on `{on}`, before it begins on `{first}`",
    }
}

impl From<RecordFault> for AnswerFault {
    fn from(fault: RecordFault) -> Self {
        Self::Record { fault }
    }
}
