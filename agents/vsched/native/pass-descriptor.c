// SPDX-License-Identifier: Apache-2.0
#include "pass-descriptor.h"

#include <string.h>
#include <sys/socket.h>

bool pass_descriptor(int socket, int number, int descriptor) {
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof descriptor)] = {0};
  struct iovec body = {.iov_base = &number, .iov_len = sizeof number};
  struct msghdr message = {.msg_iov = &body, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof descriptor)};
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof number;
}

bool receive_descriptor(int socket, int *number, int *descriptor) {
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof *descriptor)];
  struct iovec body = {.iov_base = number, .iov_len = sizeof *number};
  struct msghdr message = {.msg_iov = &body, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != sizeof *number) return false;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_type != SCM_RIGHTS) return false;
  memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
  return true;
}
