"""What is asked of Facebook: the field lists of each request, the richest first.

A server that does not know a field refuses the whole request; then the next, plainer list is asked for.
"""

from __future__ import annotations

from connectors.platforms.facebook.fields import REACTIONS

_PART = "media_type,type,title,description,url,unshimmed_url,target{id,url},media{image{src,width,height},source}"
_ATTACHMENTS = f"attachments{{{_PART},subattachments.limit(100){{{_PART}}}}}"
_REACTIONS = ",".join(
    f"reactions.type({name}).limit(0).summary(total_count).as(reactions_{name.lower()})" for name in REACTIONS
)
_COMMENTS = "comments.filter(stream).limit(0).summary(true)"
_POST = (
    "id,created_time,updated_time,from{id,name},message,story,permalink_url,parent_id,status_type,is_hidden,"
    "is_published,is_expired,timeline_visibility,privacy,full_picture,message_tags,place,shares"
)
POST = (
    f"{_POST},{_ATTACHMENTS},{_COMMENTS},{_REACTIONS}",
    f"{_POST},{_ATTACHMENTS},comments.limit(0).summary(true)",
    "id,created_time,updated_time,from,message,story,permalink_url,parent_id,is_hidden,full_picture,attachments",
    "id,created_time,from,message",
)
"""Of a post, from the richest list to the plainest."""
POST_LIGHT = (f"{_POST},{_ATTACHMENTS},{_COMMENTS}", *POST[1:])
"""Without reactions, for the hourly pass."""

COMMENT = (
    f"id,message,created_time,from{{id,name}},parent{{id}},attachment{{{_PART}}},message_tags,like_count,"
    "comment_count,is_hidden,is_private,permalink_url",
    "id,message,created_time,from,parent,attachment,like_count,comment_count,is_hidden",
    "id,message,created_time,from,parent",
)
LOOK_UP = ("id,is_hidden", "id")

PHOTO = ("id,alt_text,alt_text_custom,images", "id,images")
VIDEO = ("id,source,permalink_url,length", "id,source")
CAPTIONS = ("locale,locale_name,is_auto_generated,uri",)

_MESSAGE = "id,created_time,from,to,message,sticker,attachments{id,mime_type,name,size,image_data,video_data,file_url}"
MESSAGE = (_MESSAGE, "id,created_time,from,to,message")
CONVERSATION = tuple(f"id,updated_time,message_count,messages.limit(25){{{fields}}}" for fields in MESSAGE)

IDENTITY = ("id,name,username", "id,name")
PROFILE = (
    "id,name,username,about,description,bio,mission,general_info,company_overview,impressum,category,website,phone,"
    "emails,single_line_address,link,is_published,verification_status,fan_count,followers_count,"
    "picture.type(large){url,width,height,is_silhouette},cover{id,source}",
    "id,name,username,about,description,category,website,link,fan_count,followers_count,picture,cover",
    "id,name,about",
)
LIKED = ("id,name,link,username", "id,name")
