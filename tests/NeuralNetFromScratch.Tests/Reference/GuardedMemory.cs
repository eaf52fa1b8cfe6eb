using System.Buffers;
using System.Runtime.InteropServices;

namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>
/// Floats between two pages that can neither be read nor written. They begin right after the one or end right before the other, so that
/// a kernel which touches a single byte beyond its operand there takes the process down: a failure that cannot be overlooked.
/// </summary>
internal sealed unsafe class GuardedMemory : MemoryManager<float>
{
    private const int NoAccess = 0, ReadWrite = 1 | 2, PrivateAnonymous = 0x02 | 0x20;

    private readonly byte* _mapping;
    private readonly nuint _length;
    private readonly int _count;

    public GuardedMemory(int count, GuardedSide side)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("guard pages are made with Linux's mmap and mprotect");
        nuint page = (nuint)Environment.SystemPageSize;
        nuint usable = ((nuint)count * sizeof(float) + page - 1) / page * page;
        _length = usable + 2 * page;
        _mapping = Map(0, _length, NoAccess, PrivateAnonymous, -1, 0);
        if ((nint)_mapping == -1 || (usable > 0 && Protect(_mapping + page, usable, ReadWrite) != 0))
            throw new InvalidOperationException($"no guarded memory: error {Marshal.GetLastPInvokeError()}");
        _count = count;
        Pointer = (float*)(side == GuardedSide.Start ? _mapping + page : _mapping + page + usable) - (side == GuardedSide.Start ? 0 : count);
        GetSpan().Fill(float.NaN);
    }

    /// <summary>The memory holds a copy of some values.</summary>
    public GuardedMemory(ReadOnlySpan<float> values, GuardedSide side)
        : this(values.Length, side) => values.CopyTo(GetSpan());

    public float* Pointer { get; }

    public override Span<float> GetSpan() => new(Pointer, _count);

    public override MemoryHandle Pin(int elementIndex = 0) => new(Pointer + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _ = Unmap(_mapping, _length);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern byte* Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static extern int Protect(byte* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static extern int Unmap(byte* address, nuint length);
}
