//! Writes JSON with the keys of every object in order, in one pass.

use std::cell::RefCell;
use std::io::{Error, Result, Write};
use std::ops::Range;
use std::rc::Rc;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Text written so far, which the serializer extends and the formatter puts in order.
#[derive(Clone, Default)]
struct Text(Rc<RefCell<Vec<u8>>>);

impl Text {
    fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A member of an object: its range in the text, and the range of its key.
struct Member {
    whole: Range<usize>,
    key: Range<usize>,
}

/// Puts the members of each object in order once they are all written.
struct InOrder {
    text: Text,
    /// The objects that are being written, outermost first.
    objects: Vec<Vec<Member>>,
}

pub(super) fn write(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Vec<u8>> {
    let text = Text::default();
    let formatter = InOrder { text: text.clone(), objects: Vec::new() };
    value.serialize(&mut Serializer::with_formatter(text.clone(), formatter))?;
    Ok(text.0.take())
}

impl InOrder {
    fn member(&mut self) -> Option<&mut Member> {
        self.objects.last_mut()?.last_mut()
    }
}

impl Formatter for InOrder {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.objects.push(Vec::new());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let at = self.text.len();
        // Keys come only within objects.
        if let Some(members) = self.objects.last_mut() {
            members.push(Member { whole: at..at, key: at..at });
        }
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> Result<()> {
        let at = self.text.len();
        if let Some(member) = self.member() {
            member.key.end = at;
        }
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Result<()> {
        let at = self.text.len();
        if let Some(member) = self.member() {
            member.whole.end = at;
        }
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        let members = self.objects.pop().unwrap_or_default();
        put_in_order(&mut self.text.0.borrow_mut(), members)?;
        writer.write_all(b"}")
    }

    /// Refuses a fraction: our documents have none, and RFC 8785 writes them as ECMAScript does.
    fn write_f64<W: ?Sized + Write>(&mut self, _: &mut W, _: f64) -> Result<()> {
        Err(Error::other("a fraction has no place in a document"))
    }

    fn write_f32<W: ?Sized + Write>(&mut self, _: &mut W, _: f32) -> Result<()> {
        Err(Error::other("a fraction has no place in a document"))
    }
}

fn put_in_order(text: &mut Vec<u8>, mut members: Vec<Member>) -> Result<()> {
    let Some(first) = members.first().map(|member| member.whole.start) else { return Ok(()) };
    let key = |member: &Member| text.get(member.key.clone()).unwrap_or_default();
    // Of plain ASCII, the order of the bytes is that of UTF-16 code units, which the RFC asks for;
    // the closing quote is below every letter, digit and underscore.
    let plain = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-' | b'"');
    if members.iter().all(|member| key(member).iter().all(plain)) {
        if members.is_sorted_by(|a, b| key(a) <= key(b)) {
            return Ok(());
        }
        members.sort_by(|a, b| key(a).cmp(key(b)));
    } else {
        let mut keyed = Vec::with_capacity(members.len());
        for member in members {
            let read: String = serde_json::from_slice(key(&member))?;
            keyed.push((read.encode_utf16().collect::<Vec<u16>>(), member));
        }
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        members = keyed.into_iter().map(|(_, member)| member).collect();
    }
    let mut ordered = Vec::with_capacity(text.len() - first);
    for member in &members {
        if !ordered.is_empty() {
            ordered.push(b',');
        }
        ordered.extend_from_slice(text.get(member.whole.clone()).unwrap_or_default());
    }
    text.truncate(first);
    text.extend_from_slice(&ordered);
    Ok(())
}
