using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuralNetFromScratch.Compute;

/// <summary>One float: the fallback without vector instructions.</summary>
internal unsafe struct SimdScalar(float lane) : ISimd<SimdScalar>
{
    private readonly float _lane = lane;

    public static int Width => 1;

    public static SimdScalar Zero => default;

    public static SimdScalar Broadcast(float value) => new(value);

    public static SimdScalar Load(float* source) => new(*source);

    public static SimdScalar Load(ref readonly float source) => new(source);

    public static void Store(SimdScalar value, float* destination) => *destination = value._lane;

    public static void Store(SimdScalar value, ref float destination) => destination = value._lane;

    public static SimdScalar LoadPartial(float* source, int count) => PartialVector.LoadPartial<SimdScalar>(source, count);

    public static void StorePartial(SimdScalar value, float* destination, int count) => PartialVector.StorePartial(value, destination, count);

    public static SimdScalar operator +(SimdScalar left, SimdScalar right) => new(left._lane + right._lane);

    public static SimdScalar operator -(SimdScalar left, SimdScalar right) => new(left._lane - right._lane);

    public static SimdScalar operator *(SimdScalar left, SimdScalar right) => new(left._lane * right._lane);

    public static SimdScalar operator /(SimdScalar left, SimdScalar right) => new(left._lane / right._lane);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar MultiplyAdd(SimdScalar left, SimdScalar right, SimdScalar addend) =>
        new((Fma.IsSupported || AdvSimd.IsSupported)
            ? MathF.FusedMultiplyAdd(left._lane, right._lane, addend._lane)
            : EmulatedMultiplyAdd.Of(left._lane, right._lane, addend._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SimdScalar MultiplyAddEmulated(SimdScalar left, SimdScalar right, SimdScalar addend) =>
        new(EmulatedMultiplyAdd.Of(left._lane, right._lane, addend._lane));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(ref SimdScalar sum, SimdScalar left, SimdScalar right) =>
        sum = new((Fma.IsSupported || AdvSimd.IsSupported)
            ? MathF.FusedMultiplyAdd(left._lane, right._lane, sum._lane)
            : left._lane * right._lane + sum._lane);

    public static SimdScalar Abs(SimdScalar value) => new(MathF.Abs(value._lane));

    public static SimdScalar Sqrt(SimdScalar value) => new(MathF.Sqrt(value._lane));

    public static SimdScalar FlushSubnormals(SimdScalar value) =>
        (BitConverter.SingleToInt32Bits(value._lane) & FloatBits.Exponent) == 0 ? default : value;

    public static SimdScalar Exp(SimdScalar value) => SimdFunctions.Exp(value);

    public static SimdScalar Log(SimdScalar value) => SimdFunctions.Log(value);

    public static SimdScalar PowerOfTwo(SimdScalar exponent) =>
        new(BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(exponent._lane + FloatBits.Rounder) << FloatBits.Fraction) + FloatBits.One));

    public static SimdScalar SplitExponent(SimdScalar value, out SimdScalar exponent)
    {
        int bits = BitConverter.SingleToInt32Bits(value._lane), e = (bits - FloatBits.RootHalf) >> FloatBits.Fraction;
        exponent = new(e);
        return new(BitConverter.Int32BitsToSingle(bits - (e << FloatBits.Fraction)));
    }

    public static SimdScalar SelectLess(SimdScalar left, SimdScalar right, SimdScalar whenTrue, SimdScalar whenFalse) =>
        left._lane < right._lane ? whenTrue : whenFalse;

    public static SimdScalar SelectLessOrEqual(SimdScalar left, SimdScalar right, SimdScalar whenTrue, SimdScalar whenFalse) =>
        left._lane <= right._lane ? whenTrue : whenFalse;
}
