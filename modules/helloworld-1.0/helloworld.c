// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Driver of the example disk. It claims QEMU's "edu" PCI device, reads its identification register
 * and loads one firmware file, so that everything a real driver needs from a disk is exercised.
 */
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define EDU_REG_ID	   0x00
#define HELLOWORLD_FIRMWARE "helloworld/greeting.bin"

static char *name = "world";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "whom to greet");

static int helloworld_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	const struct firmware *fw;
	void __iomem *regs;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	regs = pcim_iomap(pdev, 0, 0);
	if (!regs)
		return -ENOMEM;

	ret = request_firmware(&fw, HELLOWORLD_FIRMWARE, &pdev->dev);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "no firmware %s\n", HELLOWORLD_FIRMWARE);
	dev_info(&pdev->dev, "hello, %s: device id %#x, %zu bytes of firmware\n", name,
		 ioread32(regs + EDU_REG_ID), fw->size);
	release_firmware(fw);
	return 0;
}

static const struct pci_device_id helloworld_ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{ }
};
MODULE_DEVICE_TABLE(pci, helloworld_ids);

static struct pci_driver helloworld_driver = {
	.name = KBUILD_MODNAME,
	.id_table = helloworld_ids,
	.probe = helloworld_probe,
};
module_pci_driver(helloworld_driver);

MODULE_DESCRIPTION("Example driver of a driver disk");
MODULE_AUTHOR("The Driver Disk Kit authors");
MODULE_VERSION("1.0");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_FIRMWARE(HELLOWORLD_FIRMWARE);
