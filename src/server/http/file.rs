//! Answers that a browser saves.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};

/// Has the browser save an answer under this name; what would not be plain in a header becomes a hyphen.
pub fn saved_as(name: &str, mut response: Response) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
