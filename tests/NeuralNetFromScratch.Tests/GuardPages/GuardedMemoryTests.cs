using System.Runtime.InteropServices;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.GuardPages;

/// <summary>That the pages are what they are called. The kernel is asked, by a system call that reads for us and reports a bad address.</summary>
public unsafe class GuardedMemoryTests
{
    [Test]
    public void The_byte_before_the_start_or_after_the_end_cannot_be_read([Values] GuardedSide side, [Values(1, 3, 1024, 5000)] int count)
    {
        using var memory = new GuardedMemory(count, side);
        byte* first = (byte*)memory.Pointer, end = first + count * sizeof(float);
        Assert.That(CanRead(first, end), Is.True);
        Assert.That(side == GuardedSide.Start ? CanRead(first - 1, first) : CanRead(end, end + 1), Is.False);
    }

    [Test]
    public void Without_elements_nothing_can_be_read()
    {
        using var memory = new GuardedMemory(0, GuardedSide.End);
        byte* first = (byte*)memory.Pointer;
        Assert.That(CanRead(first - 1, first) || CanRead(first, first + 1), Is.False);
    }

    private static bool CanRead(byte* first, byte* end)
    {
        using var folder = new TemporaryFolder();
        using FileStream file = File.Create(folder.File("copy"));
        nint length = (nint)(end - first);
        return Write(file.SafeFileHandle, first, length) == length;
    }

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    private static extern nint Write(SafeHandle file, byte* source, nint length);
}
