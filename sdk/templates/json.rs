// A small reader of JSON: at most 64 levels, nothing lost but the difference between kinds of numbers.
use std::iter::Peekable;
use std::str::Chars;

#[allow(dead_code)] // this report reads texts and lists only
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

static NOTHING: Json = Json::Null;

impl Json {
    /// The value that `text` is; None when it is malformed.
    pub fn parse(text: &str) -> Option<Json> {
        let mut reader = Reader { rest: text.chars().peekable() };
        let value = reader.value(0)?;
        reader.space();
        if reader.rest.next().is_some() {
            return None;
        }
        Some(value)
    }
    /// The member `name`; null when it is not there.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(members) => members.iter().find(|(key, _)| key == name).map_or(&NOTHING, |(_, value)| value),
            _ => &NOTHING,
        }
    }
    /// The text that it is; empty when it is none.
    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }
    /// The elements of a list; none when it is none.
    pub fn list(&self) -> &[Json] {
        match self {
            Json::List(list) => list,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn space(&mut self) {
        while matches!(self.rest.peek(), Some(' ' | '\n' | '\r' | '\t')) {
            self.rest.next();
        }
    }
    fn value(&mut self, depth: u32) -> Option<Json> {
        self.space();
        if depth > 64 {
            return None;
        }
        match self.rest.peek()? {
            '"' => self.string().map(Json::Text),
            '[' => self.list(depth).map(Json::List),
            '{' => self.object(depth).map(Json::Object),
            _ => self.word(),
        }
    }
    fn word(&mut self) -> Option<Json> {
        let mut word = String::new();
        while matches!(self.rest.peek(), Some(c) if c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
            word.push(self.rest.next()?);
        }
        match word.as_str() {
            "null" => Some(Json::Null),
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            _ => word.parse().ok().map(Json::Number),
        }
    }
    /// True when one more element follows; None when neither that nor the end does.
    fn more(&mut self, close: char, first: bool) -> Option<bool> {
        self.space();
        if self.rest.peek() == Some(&close) {
            self.rest.next();
            return Some(false);
        }
        if first {
            return Some(true);
        }
        if self.rest.next()? != ',' {
            return None;
        }
        self.space();
        Some(true)
    }
    fn list(&mut self, depth: u32) -> Option<Vec<Json>> {
        self.rest.next();
        let mut list = Vec::new();
        while self.more(']', list.is_empty())? {
            list.push(self.value(depth + 1)?);
        }
        Some(list)
    }
    fn object(&mut self, depth: u32) -> Option<Vec<(String, Json)>> {
        self.rest.next();
        let mut members = Vec::new();
        while self.more('}', members.is_empty())? {
            let name = self.string()?;
            self.space();
            if self.rest.next()? != ':' {
                return None;
            }
            members.push((name, self.value(depth + 1)?));
        }
        Some(members)
    }
    fn hex(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + self.rest.next()?.to_digit(16)?;
        }
        Some(code)
    }
    fn escape(&mut self) -> Option<char> {
        Some(match self.rest.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let code = self.hex()?;
                if !(0xD800..0xDC00).contains(&code) {
                    return char::from_u32(code);
                }
                if self.rest.next()? != '\\' || self.rest.next()? != 'u' {
                    return None;
                }
                let low = self.hex()?.checked_sub(0xDC00)?;
                return char::from_u32(0x10000 + ((code - 0xD800) << 10) + low);
            }
            other => other,
        })
    }
    fn string(&mut self) -> Option<String> {
        if self.rest.next()? != '"' {
            return None;
        }
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                c => text.push(c),
            }
        }
    }
}
