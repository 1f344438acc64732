// What stands around the library's convolutions: zeros at the edges where they are not the same on both sides, and the bias.
#include "bias.cuh"

// y [batch, outHeight, outWidth, channels] has x's pixel (r - top, c - left) at (r, c), zero where x has none: padding, and with
// negative top and left the cropping that is its gradient.
template <class T>
DEVICE void shift(const T* x, T* y, u32 inHeight, u32 inWidth, u32 channels, u32 outHeight, u32 outWidth, int top, int left, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 pixel = i / channels, channel = i - pixel * channels, line = pixel / outWidth, image = line / outHeight;
        int row = (int)(line - image * outHeight) - top, column = (int)(pixel - line * outWidth) - left;
        bool inside = row >= 0 && row < (int)inHeight && column >= 0 && column < (int)inWidth;
        y[i] = inside ? x[((image * inHeight + (u32)row) * inWidth + (u32)column) * channels + channel] : T{};
    }
}

#define SHIFT(name, T)                                                                                                              \
    KERNEL shift_pictures##name(                                                                                                    \
        const T* x, T* y, u32 inHeight, u32 inWidth, u32 channels, u32 outHeight, u32 outWidth, int top, int left, u32 count)       \
    {                                                                                                                               \
        shift(x, y, inHeight, inWidth, channels, outHeight, outWidth, top, left, count);                                            \
    }

SHIFT(, float)
SHIFT(_narrow, bf16)

// Channels 16 bytes at a time, whatever they are.
SHIFT(_vectors, uint4)

KERNEL add_bias(float* y, const float* bias, u32 channels, u32 relu, u32 count) { add_to_channels(y, bias, channels, relu, count); }
