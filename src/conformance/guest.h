/* What the first process of each booted kernel needs. Included once, below `give_up`. */

static void load_module(const char *file)
{
	int fd = open(file, O_RDONLY), compressed = 0;
	uint8_t magic[4];

	if (fd < 0 || read(fd, magic, 4) != 4) give_up(file);
	if (memcmp(magic, "\177ELF", 4) != 0) compressed = 4; /* MODULE_INIT_COMPRESSED_FILE */
	if (syscall(SYS_finit_module, fd, "", compressed) < 0) give_up(file);
	close(fd);
}

static void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0) give_up(file);
	close(fd);
}
