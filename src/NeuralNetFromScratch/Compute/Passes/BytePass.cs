using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>Bytes that become floats.</summary>
internal static unsafe class BytePass
{
    /// <summary>Tells the processor that bytes will soon be read. It changes nothing.</summary>
    public static void Prefetch(ReadOnlySpan<byte> bytes)
    {
        const int CacheLine = 64;
        if (!Sse.IsSupported)
            return;
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        for (int offset = 0; offset < bytes.Length; offset += CacheLine)
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, offset)));
    }

    /// <summary>Computes <c>floats[i] = bytes[i] · scale</c>.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    public static void Scale(ReadOnlySpan<byte> bytes, float scale, Span<float> floats)
    {
        floats = floats[..bytes.Length];
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float destination = ref MemoryMarshal.GetReference(floats);
        int i = 0;
        for (; i <= bytes.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref source, (nuint)i));
            Scale(low, ref destination, i, scale);
            Scale(high, ref destination, i + Vector128<ushort>.Count, scale);
        }

        for (; i < bytes.Length; i++)
            floats[i] = bytes[i] * scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(Vector128<ushort> eight, ref float destination, int start, float scale)
    {
        Vector256<int> wide = Vector256.WidenLower(eight.ToVector256Unsafe()).AsInt32();
        (Vector256.ConvertToSingle(wide) * scale).StoreUnsafe(ref destination, (nuint)start);
    }
}
